import type { NodeAPI } from 'node-red';
import { registerPalette } from './runtime/palette';
import { statusFilter } from './runtime/status-filter';
import { Watcher } from './runtime/watcher';

/** Status watch: brings the site's list into the store, and tells each change of a credential's status. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-watch', (tools) => {
    const { settings } = tools;
    const statuses = statusFilter(settings.list('statuses'), 'CONFIG_INVALID');
    const [site, store] = [tools.site(), tools.store()];
    const outbox = tools.outbox(site, store);
    const watcher = new Watcher(site, store, tools, {
      intervalMs: settings.number('intervalSeconds', 60, { min: 5, whole: false }) * 1000,
      statuses,
      initial: settings.boolean('initial', false),
      adopt: settings.choice('adopt', ['all-doors', 'no-doors', 'ignore'], 'all-doors'),
      maxRemovalPercent: settings.number('maxRemovalPercent', 20, { min: 0, max: 100, whole: false }),
    }, outbox);
    tools.whenStarted(() => { watcher.start(); });
    return {
      onMessage(msg, send) {
        const asked = statuses.length > 0 ? statuses : statusFilter(msg['statuses'] ?? [], 'INPUT_INVALID');
        return watcher.check(asked, (changes) => { send([Object.assign(msg, { payload: changes, asked: site.listAskedOf }), null]); });
      },
      close: () => watcher.stop(),
    };
  });
}
