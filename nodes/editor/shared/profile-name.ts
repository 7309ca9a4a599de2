import type { Profile } from '../../field/profile';

/** As printed on the box. */
export function profileName({ vendor, model }: Profile): string {
  return vendor === '' ? model : `${vendor} ${model}`;
}
