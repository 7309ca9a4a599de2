import { act, warn } from './connection.js';
import { element, keyed, set } from './element.js';

const rows = document.getElementById('credential-rows');
const selectAll = document.getElementById('select-all');
const dialog = document.getElementById('add-dialog');
const form = document.getElementById('add-form');
const addNotice = document.getElementById('add-notice');
const buttons = [...document.querySelectorAll('#credentials [data-do]')];
const selected = new Set();
let credentials = [];

/** Statuses from which each button does something. */
const FITS = {
  issue: ['reserved'], resend: ['before-activation'], reissue: ['before-activation', 'activated', 'paused'],
  suspend: ['before-activation', 'activated'], resume: ['paused'], delete: ['reserved', 'before-activation', 'activated', 'paused'],
};

/** The portal's list, sorted by name as the portal shows it. */
export function showCredentials(state) {
  credentials = [...state.credentials].sort((a, b) => a.name.localeCompare(b.name) || a.cardId.localeCompare(b.cardId));
  for (const cardId of selected) if (!credentials.some((credential) => credential.cardId === cardId)) selected.delete(cardId);
  keyed(rows, credentials, ({ cardId }) => cardId, row);
  document.getElementById('credentials-empty').hidden = credentials.length > 0;
  const more = document.getElementById('credentials-more');
  more.hidden = state.credentialsTotal <= credentials.length;
  set(more, 'textContent', `The last ${credentials.length} of ${state.credentialsTotal} credentials are shown.`);
  showButtons();
}

export function listenToCredentials() {
  selectAll.addEventListener('change', () => {
    for (const { cardId } of credentials) mark(cardId, selectAll.checked);
    for (const box of rows.querySelectorAll('input')) box.checked = selectAll.checked;
    showButtons();
  });
  for (const button of buttons) button.addEventListener('click', () => doTo(button.dataset.do));
  document.getElementById('add').addEventListener('click', () => {
    form.reset();
    warn(addNotice, '');
    dialog.showModal();
  });
  document.getElementById('add-cancel').addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void add();
  });
}

function row({ cardId }) {
  const box = element('input', { type: 'checkbox', onchange: () => { mark(cardId, box.checked); showButtons(); } });
  const cell = (label) => element('td', { 'data-label': label });
  const [name, email, phone, card, department, status] = ['Name', 'Email', 'Phone', 'Card ID', 'Department', 'Status'].map(cell);
  const badge = element('span', { className: 'badge' });
  card.classList.add('number');
  status.append(badge);
  const node = element('tr', {}, element('td', { className: 'select' }, box), name, email, phone, card, department, status);
  return {
    node,
    update(credential) {
      set(name, 'textContent', credential.name);
      set(email, 'textContent', credential.email);
      set(phone, 'textContent', credential.phone);
      set(card, 'textContent', credential.cardId);
      set(department, 'textContent', credential.department);
      set(badge, 'textContent', credential.statusText);
      badge.dataset.status = credential.status;
      box.setAttribute('aria-label', `Select ${credential.name}`);
      set(box, 'checked', selected.has(cardId));
    },
  };
}

function mark(cardId, is) {
  if (is) selected.add(cardId);
  else selected.delete(cardId);
}

function fitting(action) {
  return credentials.filter(({ cardId, status }) => selected.has(cardId) && FITS[action].includes(status));
}

function showButtons() {
  for (const button of buttons) {
    const fits = fitting(button.dataset.do).length > 0;
    set(button, 'disabled', !fits);
    if (button.dataset.do === 'issue') set(button, 'hidden', !credentials.some(({ status }) => status === 'reserved'));
  }
  set(selectAll, 'checked', credentials.length > 0 && selected.size === credentials.length);
  set(selectAll, 'indeterminate', selected.size > 0 && selected.size < credentials.length);
}

async function doTo(action) {
  for (const { cardId } of fitting(action)) {
    const answer = await act('card', { cardId, do: action });
    if (answer === null) return;
    selected.delete(cardId);
    if (action !== 'delete') selected.add(answer.cardId);
  }
  showButtons();
}

async function add() {
  const value = (name) => form.elements.namedItem(name).value.trim();
  const given = ['name', 'email', 'phone', 'department', 'userId', 'cardId'].map((name) => [name, value(name)]).filter(([, text]) => text !== '');
  const answer = await act('add', { ...Object.fromEntries(given), reserve: form.elements.namedItem('reserve').checked }, addNotice);
  if (answer !== null) dialog.close();
}
