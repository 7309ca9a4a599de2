import type { Profile } from '../../field/profile-types';
import type { Check, Fault } from './checks';
import { profileOf } from './controller-profile';

/** An output, input or reader, counted from 1, that the chosen controller has; where that is unknown, any number. */
export function channelCheck(countOf: (profile: Profile) => number | null): Check {
  return (value, sibling): Fault | null => {
    const channel = Number(value);
    if (!Number.isInteger(channel) || channel < 1) return { key: 'whole-least', values: { min: 1 } };
    const profile = profileOf(sibling('controller'));
    const count = profile === null ? null : countOf(profile);
    if (count === null || channel <= count) return null;
    return count === 0 ? { key: 'channel-none' } : { key: 'channel', values: { count } };
  };
}
