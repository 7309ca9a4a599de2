/** What a person does and sees on the simulator's page, by the interface that the page itself uses. */
import { ask } from './node-red-process.mjs';

const WAIT_MS = 10_000;
const ASK_EVERY_MS = 40;

export class SimulatorPage {
  /** @param url as `http://127.0.0.1:18700/` */
  constructor(url) {
    this.url = url.replace(/\/$/, '');
  }

  state() {
    return ask(`${this.url}/sim/state`);
  }

  /** Resolves once the simulator answers: it starts with the flow. */
  async whenUp() {
    await this.until('an answer', () => true);
  }

  /** Resolves with the first state that fits; asks again until then. */
  async until(what, fits) {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const state = await this.state().catch((error) => error);
      if (!(state instanceof Error) && fits(state)) return state;
      if (Date.now() > deadline) throw new Error(`the simulator's page never showed ${what}${state instanceof Error ? `: ${state.message}` : ''}`);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  /** The portal's row of a card. */
  async credential(cardId) {
    const { credentials } = await this.state();
    const row = credentials.find((one) => one.cardId === cardId);
    if (row === undefined) throw new Error(`the portal lists no card …${cardId.slice(-4)}`);
    return row;
  }

  /** The newest message of a person's phone whose link still activates. */
  async message(userId) {
    const { messages } = await this.state();
    const message = messages.find((one) => one.userId === userId && one.linkState === 'open');
    if (message === undefined) throw new Error(`the phone of user ${userId} has no message with an open link`);
    return message;
  }

  /** Presses the link in a person's newest message. */
  async activate(userId) {
    const { link } = await this.message(userId);
    await ask(link, { method: 'POST' });
  }

  /** Secret parts of all links that were ever sent. */
  async links() {
    const { messages } = await this.state();
    return messages.map(({ link }) => link.slice(link.lastIndexOf('/') + 1));
  }

  present(reader, cardId) {
    return this.#act('present', { reader, cardId });
  }

  /** Opens a door that its strike has let go, or closes it. */
  push(door, open) {
    return this.#act('door', { door, do: open ? 'open' : 'close' });
  }

  /** Takes the portal off the network, or brings it back. */
  portal(up) {
    return this.#act('portal', { up });
  }

  #act(name, fields) {
    return ask(`${this.url}/sim/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) });
  }
}
