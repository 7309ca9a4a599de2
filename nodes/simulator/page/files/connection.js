import { set } from './element.js';

const notice = document.getElementById('notice');
const shown = document.getElementById('connection');
let fading = 0;

/** Calls `show` with each state of the simulator, the first one at once. */
export function follow(show) {
  const stream = new EventSource('/sim/events');
  stream.addEventListener('open', () => say('live', ''));
  stream.addEventListener('error', () => say('waiting for the simulator', 'off'));
  stream.addEventListener('state', ({ data }) => show(JSON.parse(data)));
}

/** Does something; resolves with the answer, or says why not and resolves with null. */
export async function act(name, body = {}, where = notice) {
  let answer;
  try {
    const response = await fetch(name.startsWith('/') ? name : `/sim/${name}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(body),
    });
    answer = await response.json();
  } catch {
    answer = { error: { message: 'The simulator does not answer. Is Node-RED running?' } };
  }
  warn(where, answer.error?.message ?? '');
  return answer.error === undefined ? answer : null;
}

/** Shows a refusal for a while; an empty text takes it away. */
export function warn(where, text) {
  where.textContent = text;
  where.hidden = text === '';
  clearTimeout(fading);
  if (text !== '' && where === notice) fading = setTimeout(() => { where.hidden = true; }, 8000);
}

function say(text, state) {
  set(shown, 'textContent', text);
  shown.dataset.state = state;
}
