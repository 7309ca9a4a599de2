import { channelCheck } from './shared/channel-check';
import { checked } from './shared/checks';
import { profileOf } from './shared/controller-profile';
import type { Dialog } from './shared/dialog';
import { offerDoorNames } from './shared/door-names';
import { choice, number, type Property, reference, text, tick } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { word } from './shared/words';

const DAY_MS = 86_400_000;

/** What does not belong to the way the door is reached is not needed, and so not wrong. */
const onController = (property: Property): Property => ({
  ...property, check: (value, sibling) => (sibling('via') === 'site' ? null : property.check(value, sibling)),
});
const input = (): Property => onController({ ...text(''), check: checked(channelCheck(({ inputs }) => inputs?.count ?? 0)) });
const level = (): Property => onController(choice('1', ['1', '0']));
const ms = (value: string, min: number): Property => onController(number(value, min, DAY_MS));

registerPaletteNode('mc-door', {
  family: 'door', input: 'input', outputs: ['state', 'event'],
  properties: {
    via: choice('controller', ['controller', 'site']),
    door: text('', undefined, { required: true }),
    site: reference('mc-site', (sibling) => sibling('via') === 'site'),
    siteDoor: text('', undefined, { required: (sibling) => sibling('via') === 'site' }),
    controller: reference('mc-controller', (sibling) => sibling('via') !== 'site'),
    strike: onController({
      ...text('1', undefined, { required: (sibling) => sibling('via') !== 'site' }), check: checked(channelCheck(({ outputs }) => outputs?.count ?? 0)),
    }),
    contact: input(),
    exit: input(),
    tamper: input(),
    contactClosedIs: level(),
    exitActiveIs: level(),
    tamperActiveIs: level(),
    exitOpens: tick(false),
    strikeMs: ms('3000', 1),
    extendedStrikeMs: ms('', 1),
    heldOpenMs: ms('15000', 0),
    preAlarmMs: ms('0', 0),
    relock: choice('onOpen', ['onOpen', 'onClose', 'afterStrike']),
    debounceMs: ms('50', 0),
    shuntMs: ms('3000', 0),
    failMode: choice('secure', ['secure', 'safe']),
    hostPulse: tick(false),
    maxDecisionAgeMs: number('5000', 1, DAY_MS),
    pollMs: ms('50', 5),
  },
  labelOf: ({ door }) => (typeof door === 'string' && door !== '' ? door : null),
  prepare: (dialog) => {
    offerDoorNames(dialog);
    const describe = (): void => { describeController(dialog); };
    dialog.form().on('change', 'select', describe);
    describe();
  },
});

/** How many channels there are to choose from, and whether the device can end an opening by itself. */
function describeController(dialog: Dialog): void {
  const box = dialog.form().find('.mc-device');
  const profile = profileOf(dialog.value('controller'));
  box.toggle(profile !== null && dialog.value('via') !== 'site');
  if (profile === null) return;
  const timed = profile.pulse?.address != null;
  box.text([
    word('mc-door', 'device.channels', { outputs: profile.outputs?.count ?? 0, inputs: profile.inputs?.count ?? 0 }),
    word('mc-door', `device.timed-by-${timed ? 'device' : profile.watchdog?.time.address != null ? 'watchdog' : 'host'}`),
  ].join(' '));
}
