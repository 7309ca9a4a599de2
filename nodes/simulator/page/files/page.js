import { follow } from './connection.js';
import { listenToCredentials, showCredentials } from './credentials.js';
import { showDoors } from './doors.js';
import { showLog } from './log.js';
import { showMessages } from './messages.js';
import { showDevices } from './readers.js';
import { listenToSite, showSite } from './site.js';

listenToSite();
listenToCredentials();
follow((state) => {
  for (const show of [showSite, showCredentials, showMessages, showDoors, showDevices, showLog]) show(state);
});
