import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { get } from 'node:http';
import { isMcError } from '../../nodes/credential/mc-error';
import type { SimulatorEvent } from '../../nodes/simulator/activity';
import { Simulator } from '../../nodes/simulator/simulator';
import { ask, ModbusWire, press, signIn, startSimulator, until } from './start-simulator';

const SETTINGS = { httpPort: 0, modbusPort: 0, credits: 5, doors: 2 };

async function occupied(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}

/** True where the port can be taken. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

describe('simulator', () => {
  it('listens on loopback, and says where', async () => {
    const { httpPort, modbusPort, simulator } = await startSimulator();
    assert.ok(httpPort > 0 && modbusPort > 0 && httpPort !== modbusPort);
    assert.deepEqual(await simulator.start(), { httpPort, modbusPort }, 'a second start finds it running');
  });

  for (const taken of ['httpPort', 'modbusPort'] as const) {
    it(`rejects with PORT_IN_USE where ${taken} is taken, and leaves nothing open`, async () => {
      const { port, server } = await occupied();
      const other = await occupied();
      await new Promise((resolve) => other.server.close(resolve));
      const simulator = new Simulator({ ...SETTINGS, httpPort: other.port, modbusPort: other.port, [taken]: port });
      await assert.rejects(simulator.start(), (error) => isMcError(error, 'PORT_IN_USE') && error.message.includes(taken) && error.message.includes(String(port)));
      assert.equal(await isFree(other.port), true);
      await simulator.stop();
      await new Promise((resolve) => server.close(resolve));
    });
  }

  it('refuses settings that make no sense', () => {
    for (const wrong of [{ doors: 0 }, { doors: 9 }, { doors: 1.5 }, { credits: -1 }, { credits: NaN }]) {
      assert.throws(() => new Simulator({ ...SETTINGS, ...wrong }), (error) => isMcError(error, 'CONFIG_INVALID'));
    }
  });

  it('stops at once with connections, streams, half requests and pulses open, and leaves nothing', async () => {
    const { simulator, httpPort, modbusPort } = await startSimulator();
    const wire = await ModbusWire.open(modbusPort);
    await wire.ask(1, '05 0200 7FFF');
    simulator.doors[0]!.pressExit(60_000);
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      get({ host: '127.0.0.1', port: httpPort, path: '/sim/events', agent: false }, resolve).on('error', reject);
    });
    const ended = new Promise<void>((resolve) => stream.on('error', () => resolve()).on('end', resolve).on('close', resolve));
    stream.resume();
    wire.send(Buffer.from([0, 1, 0]));
    const from = performance.now();
    await simulator.stop();
    assert.ok(performance.now() - from < 500);
    await Promise.all([wire.closed, ended]);
    assert.deepEqual([await isFree(httpPort), await isFree(modbusPort)], [true, true]);
    assert.deepEqual([simulator.doors[0]!.strikeOn, simulator.doors[0]!.exitPressed], [false, false]);
    await simulator.stop();
  });

  it('may be stopped while it starts, and started again with its state', async () => {
    const simulator = new Simulator(SETTINGS);
    const starting = simulator.start();
    await simulator.stop();
    const { httpPort } = await starting;
    assert.equal(await isFree(httpPort), true);
    simulator.portal.buyCredits(3);
    const again = await simulator.start();
    assert.equal((await ask(again.httpPort, 'GET', '/sim/state')).json.credits.bought, 8);
    await simulator.stop();
  });

  it('has as many doors and readers as set', async () => {
    for (const doors of [1, 8]) {
      const { simulator, modbusPort } = await startSimulator({ doors });
      assert.deepEqual([simulator.doors.length, simulator.readers.length, simulator.readers.at(-1)!.device], [doors, doors + 1, 'SIM-READER-X']);
      const wire = await ModbusWire.open(modbusPort);
      simulator.presentCard(doors + 1, '9');
      assert.equal(await wire.ask(1, `04 ${(100 * doors).toString(16).padStart(4, '0')} 0001`), '04020001');
      assert.equal(await wire.ask(1, '0F 0000 0008 01 FF'), '0f00000008', 'the map is whole however many doors there are');
      assert.equal(simulator.doors.every(({ strikeOn }) => strikeOn), true);
    }
    const { simulator } = await startSimulator();
    assert.throws(() => simulator.presentCard(4, '9'), (error) => isMcError(error, 'CHANNEL_UNKNOWN'));
    assert.throws(() => simulator.presentCard(1, '09'), (error) => isMcError(error, 'CARD_ID_INVALID'));
  });

  it('tells what happens, in order, and no link, token, password or name', async () => {
    const { simulator, httpPort, modbusPort } = await startSimulator();
    const events: SimulatorEvent[] = [];
    const end = simulator.onEvent((event) => { events.push(event); });
    simulator.onEvent(() => { throw new Error('a listener that fails'); });
    const token = await signIn(httpPort);
    await ask(httpPort, 'POST', '/login', { body: { email: 'demo@portal-to-door.example', password: 'Secret-Guess' } });
    const user = { userKey: '4021', email: 'patrick@example.com', phone: '+447700900123', meta: '{"name":"Patrick Johnson","department":"Maintenance"}' };
    await ask(httpPort, 'POST', '/user/card', { token, body: { siteId: '1001', user, card: { number: '998877665544' } } });
    const { link } = simulator.state().messages[0]!;
    await ask(httpPort, 'GET', new URL(link).pathname);
    await ask(httpPort, 'POST', '/user/card/998877665544/suspend', { token });
    await ask(httpPort, 'POST', '/user/card/998877665544/resume', { token });
    await press(httpPort, 'credits', { count: 5 });
    await ask(httpPort, 'PUT', '/user/card/998877665544', { token, body: { card: { number: '5' } } });
    await ask(httpPort, 'POST', '/user/card/5/resend', { token });
    simulator.presentCard(1, '5');
    const wire = await ModbusWire.open(modbusPort);
    await wire.ask(1, '05 0200 0001');
    simulator.doors[0]!.open();
    await until(() => !simulator.doors[0]!.strikeOn);
    simulator.doors[0]!.close();
    await ask(httpPort, 'DELETE', '/user/card/5', { token });
    assert.deepEqual(events.map(({ event }) => event), [
      'login', 'login-refused', 'issued', 'activated', 'suspended', 'resumed', 'credits-bought', 'reissued', 'resent',
      'card-presented', 'strike-on', 'door-opened', 'strike-off', 'door-closed', 'deleted',
    ]);
    const { at, ...issued } = events[2]!;
    assert.match(at, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.deepEqual(issued, { event: 'issued', cardId: '998877665544', userId: '4021', credits: { used: 1, bought: 5 } });
    assert.equal(events[7]!.replaces, '998877665544');
    const told = JSON.stringify(events);
    for (const secret of [token, 'Secret-Guess', 'portal-to-door-demo', link, link.split('/').at(-1)!, 'Patrick', '@', '+4477', 'Maintenance']) assert.equal(told.includes(secret), false, secret);
    end();
    simulator.presentCard(1, '6');
    assert.equal(events.length, 15);
  });

  it('keeps a bounded past', async () => {
    const { simulator } = await startSimulator({ credits: 1000 });
    for (let count = 1; count <= 600; count += 1) {
      simulator.portal.issue({ number: String(count), userKey: String(count), name: 'x', email: `${count}@x`, phone: '', department: '', title: '', startDate: null, endDate: null });
    }
    const { events, messages, credentials, credentialsTotal } = simulator.state();
    assert.deepEqual([events.length, messages.length, credentials.length, credentialsTotal], [100, 200, 500, 600]);
  });
});
