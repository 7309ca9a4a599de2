import type { Dialog } from './shared/dialog';
import { PROFILE_IDS, profileFrom, resolveProfile } from './shared/profile-from';
import { profileName } from './shared/profile-name';
import { choice, json, number, reference } from './shared/properties';
import { registerConfigNode } from './shared/register-node';
import { isVariable } from './shared/variable';
import { word } from './shared/words';

const NAMES = PROFILE_IDS.map((id) => ({ id, name: profileName(resolveProfile(id, undefined)) }));

registerConfigNode('mc-controller', {
  properties: {
    line: reference('mc-line', true),
    unit: number('1', 0, 255),
    profile: { ...choice('', ['', ...PROFILE_IDS]), required: true },
    overrides: json((overrides, sibling) => {
      const profile = sibling('profile');
      if (typeof profile !== 'string' || profile === '' || isVariable(profile)) return null;
      try {
        resolveProfile(profile, overrides);
        return null;
      } catch (error) {
        return { key: 'overrides', values: { reason: (error as Error).message } };
      }
    }),
  },
  labelOf: ({ profile, unit }) => (typeof profile === 'string' && profile !== '' ? word('mc-controller', 'named', { profile, unit: String(unit) }) : null),
  prepare: (dialog) => {
    offerProfiles(dialog);
    const describe = (): void => { describeDevice(dialog); };
    dialog.form().on('change keyup', 'select, textarea, input', describe);
    describe();
  },
});

/** Gives the options, which hold bare ids until now, the names printed on the boxes. */
function offerProfiles(dialog: Dialog): void {
  const select = dialog.form().find('select.mc-profile');
  const saved = dialog.node['profile'];
  const chosen = typeof saved === 'string' && !isVariable(saved) ? saved : '';
  select.empty().append($('<option>').val('').text(word('mc-controller', 'choose-profile')));
  for (const { id, name } of NAMES) select.append($('<option>').val(id).text(`${name} · ${id}`));
  if (chosen !== '' && !PROFILE_IDS.includes(chosen)) select.append($('<option>').val(chosen).text(chosen));
  select.val(chosen);
}

/** What the device offers, as its profile has it, and what to watch out for. */
function describeDevice(dialog: Dialog): void {
  const box = dialog.form().find('.mc-device');
  const profile = profileFrom(dialog.value('profile'), dialog.value('overrides'));
  box.toggle(profile !== null);
  if (profile === null) return;
  const { outputs, inputs, readers, pulse, watchdog, verified, cautions } = profile;
  const says = (key: string, values?: Record<string, string | number>): string => word('mc-controller', `device.${key}`, values);
  box.empty().append($('<div>').text([
    says('channels', { outputs: outputs?.count ?? 0, inputs: inputs?.count ?? 0, readers: readers.length }),
    says(`timed-by-${pulse?.address != null ? 'device' : watchdog?.time.address != null ? 'watchdog' : 'host'}`),
    says(`verified-${verified}`),
  ].join(' ')));
  if (cautions.length > 0) box.append($('<ul>').append(cautions.map((caution) => $('<li>').text(caution))));
}
