/** Makes an element. Properties are set as such, `data-` and `aria-` as attributes; children are nodes or text, never markup. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (/^(data|aria)-|^(role|for|scope|title)$/.test(name)) node.setAttribute(name, value);
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

/** Sets a property where it differs, so that what is selected or focused stays so. */
export function set(node, name, value) {
  if (node[name] !== value) node[name] = value;
}

const kept = new WeakMap();

/**
 * Shows one child a item and keeps it as long as its key is there: what somebody types or has focused survives.
 * `make(item)` gives `{ node, update(item) }`.
 */
export function keyed(parent, items, keyOf, make) {
  const before = kept.get(parent) ?? new Map();
  const now = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const shown = before.get(key) ?? make(item);
    now.set(key, shown);
    shown.update(item);
  }
  for (const [key, { node }] of before) if (!now.has(key)) node.remove();
  let place = parent.firstElementChild;
  for (const { node } of now.values()) {
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
  }
  kept.set(parent, now);
}
