import type { DoorSettings } from '../field/door-types';
import type { Settings } from './settings';

/** A door's properties with the contract's defaults. */
export function doorSettings(settings: Settings): DoorSettings {
  const level = (name: string): 0 | 1 => settings.number(name, 1, { min: 0, max: 1 }) as 0 | 1;
  const input = (name: string): number | null => settings.optionalNumber(name, { min: 1 });
  const ms = (name: string, fallback: number, min = 0): number => settings.number(name, fallback, { min, max: 86_400_000 });
  return {
    door: settings.required('door'),
    strike: settings.requiredNumber('strike', { min: 1 }),
    contact: input('contact'), exit: input('exit'), tamper: input('tamper'),
    contactClosedIs: level('contactClosedIs'), exitActiveIs: level('exitActiveIs'), tamperActiveIs: level('tamperActiveIs'),
    exitOpens: settings.boolean('exitOpens', false),
    strikeMs: ms('strikeMs', 3000, 1),
    extendedStrikeMs: settings.optionalNumber('extendedStrikeMs', { min: 1, max: 86_400_000 }),
    heldOpenMs: ms('heldOpenMs', 15_000),
    preAlarmMs: ms('preAlarmMs', 0),
    relock: settings.choice('relock', ['onOpen', 'onClose', 'afterStrike'], 'onOpen'),
    debounceMs: ms('debounceMs', 50),
    shuntMs: ms('shuntMs', 3000),
    failMode: settings.choice('failMode', ['secure', 'safe'], 'secure'),
    hostPulse: settings.boolean('hostPulse', false),
    maxDecisionAgeMs: ms('maxDecisionAgeMs', 5000, 1),
    pollMs: ms('pollMs', 50, 5),
  };
}
