/** What debug nodes show in the editor's sidebar, taken from the same socket that the editor listens on. */
import { createRequire } from 'node:module';

/** Node-RED's own ws: Node 20 has no WebSocket client. */
function webSocketOf(nodeRedFolder) {
  const nodeRed = createRequire(`${nodeRedFolder}/package.json`);
  return createRequire(nodeRed.resolve('@node-red/editor-api'))('ws');
}

/** Opens the feed of a running Node-RED; resolves once it is subscribed. */
export async function openDebugFeed({ url, nodeRedFolder }) {
  const WebSocket = webSocketOf(nodeRedFolder);
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
  await new Promise((resolve, reject) => { socket.once('open', resolve).once('error', reject); });
  socket.send(JSON.stringify({ subscribe: 'debug' }));
  const entries = [];
  let wake = () => {};
  socket.on('message', (data) => {
    for (const { topic, data: shown } of [JSON.parse(data.toString())].flat()) {
      if (topic !== 'debug' || shown?.id === undefined) continue;
      entries.push({ node: shown.id, msg: decoded(shown), at: Date.now() });
      wake();
    }
  });
  return {
    entries,
    /**
     * The first message of one of these debug nodes that fits and was not taken before; it is taken. Rejects after `ms`
     * with what was shown instead. One caller at a time.
     */
    async next(nodes, fits = () => true, ms = 10_000) {
      const until = Date.now() + ms;
      for (;;) {
        const index = entries.findIndex((entry) => [nodes].flat().includes(entry.node) && fits(entry.msg));
        if (index >= 0) return entries.splice(index, 1)[0].msg;
        const left = until - Date.now();
        if (left <= 0) {
          const others = entries.slice(-5).map((entry) => `${entry.node}: ${JSON.stringify(entry.msg).slice(0, 400)}`);
          throw new Error(`nothing fitting at ${[nodes].flat().join(' or ')} within ${ms / 1000} s${others.length > 0 ? `; last messages:\n${others.join('\n')}` : ''}`);
        }
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => { clearTimeout(timer); resolve(); };
        });
      }
    },
    clear() { entries.length = 0; },
    close() { socket.terminate(); },
  };
}

/** The sidebar's encoding (@node-red/util encodeObject) back to plain values. */
function decoded({ msg, format }) {
  if (typeof msg !== 'string' || !/^(Object|array|error|number|boolean|undefined|null)/i.test(format ?? '')) return msg;
  try {
    return plain(JSON.parse(msg));
  } catch {
    return msg;
  }
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  if (value.__enc__ === true) {
    if (value.type === 'array') return plain(value.data);
    if (value.type === 'number') return Number(value.data);
    return value.data ?? null;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
