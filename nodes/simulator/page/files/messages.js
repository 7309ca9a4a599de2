import { act } from './connection.js';
import { element, keyed, set } from './element.js';

const list = document.getElementById('messages');

const WORDS = { open: 'Activate', used: 'Activated', paused: 'Paused', void: 'No longer valid' };

/** The messages on the phones, newest first. */
export function showMessages({ messages }) {
  keyed(list, messages, ({ id }) => id, message);
  document.getElementById('messages-empty').hidden = messages.length > 0;
}

function message({ link }) {
  const to = element('span', { className: 'to' });
  const time = element('time');
  const subject = element('strong');
  const text = element('p');
  const activate = element('a', { className: 'button primary', href: link, onclick: (event) => {
    event.preventDefault();
    void act(new URL(link).pathname);
  } }, WORDS.open);
  const said = element('span', { className: 'said' });
  const node = element('li', {}, element('div', { className: 'message-head' }, to, time), subject, text, activate, said);
  return {
    node,
    update(current) {
      set(to, 'textContent', `${current.kind === 'text' ? 'Text' : 'Email'} to ${current.to}`);
      set(time, 'textContent', new Date(current.at).toLocaleTimeString());
      set(time, 'dateTime', current.at);
      set(subject, 'textContent', current.subject);
      set(text, 'textContent', `${current.name}, your card ${current.cardId} is ready. Open the link on this phone.`);
      set(activate, 'hidden', current.linkState !== 'open');
      activate.setAttribute('aria-label', `Activate the card of ${current.name}`);
      set(said, 'hidden', current.linkState === 'open');
      set(said, 'textContent', WORDS[current.linkState]);
      node.dataset.link = current.linkState;
    },
  };
}
