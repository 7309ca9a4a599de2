import { act } from './connection.js';
import { element, keyed, set } from './element.js';

const devices = document.getElementById('devices');
const spare = document.getElementById('spare-reader');

/** A number that no site has issued. */
const FOREIGN = '4815162342';

/** The readers that are registered for the site, and those that are not. */
export function showDevices(state) {
  keyed(devices, state.devices, ({ device }) => device, deviceRow);
  const reader = state.readers.find(({ door }) => door === null);
  keyed(spare, [reader], () => 'spare', () => presenter(reader, `${reader.device}, at no door`));
  presentable(spare, state.credentials);
}

/** A reader with cards to hold to it: an issued one, a foreign one, or any number that is typed. */
export function presenter({ reader }, title) {
  const id = `reader-${reader}`;
  const choice = element('select', { id, onchange: () => {
    choice.dataset.chosen = 'yes';
    typed.hidden = choice.value !== 'typed';
  } });
  const typed = element('input', {
    type: 'text', inputMode: 'numeric', pattern: '[1-9][0-9]{0,31}', maxLength: 32, placeholder: 'Card number', hidden: true,
    'aria-label': `Card number for reader ${reader}`,
  });
  const button = element('button', { type: 'submit' }, 'Present');
  const legend = element('label', { className: 'reader-name', for: id }, `Reader ${reader}`, ' ', element('small', {}, title));
  const node = element('div', { className: 'reader' }, legend, choice, typed, button);
  const present = () => void act('present', { reader, cardId: choice.value === 'typed' ? typed.value.trim() : choice.value });
  button.addEventListener('click', (event) => { event.preventDefault(); present(); });
  typed.addEventListener('keydown', (event) => { if (event.key === 'Enter') { event.preventDefault(); present(); } });
  return { node, update() { /* its cards are shown by presentable() */ } };
}

/** Offers the cards there are to every reader inside `parent`; what is chosen stays chosen. */
export function presentable(parent, credentials) {
  const cards = credentials.map(({ cardId, name, statusText }) => ({ value: cardId, text: `${name} · …${cardId.slice(-4)} · ${statusText}` }));
  const all = [...cards, { value: FOREIGN, text: 'A foreign card' }, { value: 'typed', text: 'Type a number…' }];
  for (const choice of parent.querySelectorAll('.reader select')) {
    const before = choice.value;
    keyed(choice, all, ({ value }) => value, ({ value }) => {
      const node = element('option', { value });
      return { node, update: ({ text }) => set(node, 'textContent', text) };
    });
    // Nobody has chosen yet: the first issued card is what one wants to try.
    const wanted = !choice.dataset.chosen && cards.length > 0 ? cards[0].value : before;
    if (all.some(({ value }) => value === wanted)) set(choice, 'value', wanted);
    if (cards.length > 0) choice.dataset.chosen = 'yes';
  }
}

function deviceRow({ device }) {
  const name = element('td', { 'data-label': 'Name' });
  const badge = element('span', { className: 'badge' });
  let registered = false;
  const button = element('button', { type: 'button', onclick: () => void act('device', { device, registered: !registered }) });
  const node = element('tr', {},
    element('td', { className: 'number', 'data-label': 'Device ID' }, device), name,
    element('td', { 'data-label': 'State' }, badge), element('td', {}, button));
  return {
    node,
    update(current) {
      ({ registered } = current);
      set(name, 'textContent', current.name);
      set(badge, 'textContent', registered ? 'Registered' : 'Not registered');
      badge.dataset.status = registered ? 'activated' : 'reserved';
      set(button, 'textContent', registered ? 'Unregister' : 'Register');
      button.setAttribute('aria-label', `${registered ? 'Unregister' : 'Register'} ${device}`);
    },
  };
}
