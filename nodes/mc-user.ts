import type { NodeAPI } from 'node-red';
import { actionOf, choiceOf } from './runtime/action';
import { biostarOf } from './runtime/biostar';
import { type Message, registerPalette } from './runtime/palette';
import { UsersNode } from './runtime/users-node';

const ACTIONS = ['upsert', 'get', 'list', 'delete', 'delete-all', 'import-csv', 'export-csv'] as const;
const CONFLICTS = ['preserve', 'overwrite'] as const;

/** Site users: create, change, look up and delete the users of a BioStar server, one by one or by its own CSV files. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-user', (tools) => {
    const users = new UsersNode(biostarOf(tools.site(), 'users'), tools.store(), tools);
    const chosen = tools.settings.text('action');
    const conflict = tools.settings.text('conflict');
    tools.status.setBase('grey', 'ring', 'ready');
    return {
      async onMessage(msg, send) {
        tools.status.setActivity('blue', 'dot', 'working', { stay: true });
        const action = actionOf(chosen, msg, ACTIONS);
        msg.payload = await carriedOut(users, action, msg, conflict);
        tools.status.setActivity('green', 'dot', 'done');
        send([msg, null]);
      },
      close: () => { users.stop(); },
    };
  });
}

function carriedOut(users: UsersNode, action: (typeof ACTIONS)[number], msg: Message, conflict: string): Promise<unknown> {
  switch (action) {
    case 'upsert': return users.upsert(msg.payload);
    case 'get': return users.get(msg.payload);
    case 'list': return users.list(msg.payload);
    case 'delete': return users.delete(msg.payload);
    case 'delete-all': return users.deleteAll(msg);
    case 'import-csv': return users.importCsv(msg, choiceOf(conflict, msg, 'conflict', CONFLICTS, 'preserve'));
    case 'export-csv': return users.exportCsv(msg.payload);
  }
}
