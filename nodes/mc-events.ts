import type { NodeAPI } from 'node-red';
import { biostarOf } from './runtime/biostar';
import { eventKinds, EventWatch } from './runtime/event-watch';
import { registerPalette } from './runtime/palette';

/** Site events: what happens at the doors and devices of a BioStar server, in order, each once. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-events', (tools) => {
    const kinds = eventKinds(tools.settings.list('kinds'));
    const watch = new EventWatch(biostarOf(tools.site(), 'events'), tools, kinds);
    tools.status.setBase('grey', 'ring', 'connecting');
    tools.whenStarted(() => { watch.start(); });
    return { close: () => watch.stop() };
  });
}
