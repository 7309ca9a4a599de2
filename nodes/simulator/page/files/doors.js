import { act } from './connection.js';
import { element, keyed, set } from './element.js';
import { presentable, presenter } from './readers.js';

const parent = document.getElementById('doors');

/** Doors with their strike, contact, exit button and the reader beside them. */
export function showDoors(state) {
  const doors = state.doors.map((door) => ({ ...door, reader: state.readers.find((reader) => reader.door === door.door) }));
  keyed(parent, doors, ({ door }) => door, doorCard);
  presentable(parent, state.credentials);
}

function doorCard({ door, reader }) {
  const leaf = element('div', { className: 'leaf' }, element('span', { className: 'handle' }));
  const frame = element('div', { className: 'frame', 'aria-hidden': 'true' }, leaf);
  const strike = lamp('strike');
  const contact = lamp('contact');
  const exitLamp = lamp('exit');
  const tamperLamp = lamp('tamper');
  const pull = element('button', { type: 'button', onclick: () => void act('door', { door, do: 'open' }) }, 'Open');
  const close = element('button', { type: 'button', onclick: () => void act('door', { door, do: 'close' }) }, 'Close');
  const force = element('button', { type: 'button', className: 'danger', onclick: () => void act('door', { door, do: 'force' }) }, 'Force');
  const exit = element('button', { type: 'button', className: 'exit', onclick: () => void act('exit', { door }) }, 'Exit button');
  const tamper = element('input', { type: 'checkbox', onchange: () => void act('tamper', { door, open: tamper.checked }) });
  const registered = element('span', { className: 'unregistered', hidden: true }, 'not registered');
  const at = presenter(reader, reader.device);
  at.node.querySelector('.reader-name').append(' ', registered);
  const node = element('article', { className: 'door', 'aria-labelledby': `door-${door}` },
    element('h3', { id: `door-${door}` }, `Door ${door}`),
    element('div', { className: 'door-body' }, frame,
      element('ul', { className: 'lamps' }, strike.node, contact.node, exitLamp.node, tamperLamp.node)),
    element('div', { className: 'buttons', role: 'group', 'aria-label': `Door ${door}` }, pull, close, force, exit),
    element('label', { className: 'check' }, tamper, ' Housing open (tamper)'),
    element('form', { onsubmit: (event) => event.preventDefault() }, at.node));
  return {
    node,
    update(current) {
      node.dataset.open = String(!current.closed);
      strike.show(current.strike, current.strike ? 'Strike on' : 'Strike off');
      contact.show(!current.closed, current.closed ? 'Contact: closed' : 'Contact: open');
      exitLamp.show(current.exit, current.exit ? 'Exit pressed' : 'Exit not pressed');
      tamperLamp.show(current.tamper, current.tamper ? 'Tamper' : 'No tamper');
      set(pull, 'disabled', !current.closed);
      set(force, 'disabled', !current.closed);
      set(close, 'disabled', current.closed);
      set(tamper, 'checked', current.tamper);
      set(registered, 'hidden', current.reader.registered);
    },
  };
}

function lamp(kind) {
  const text = element('span');
  const node = element('li', { className: `lamp ${kind}` }, element('span', { className: 'light', 'aria-hidden': 'true' }), text);
  return {
    node,
    show(on, words) {
      node.dataset.on = String(on);
      set(text, 'textContent', words);
    },
  };
}
