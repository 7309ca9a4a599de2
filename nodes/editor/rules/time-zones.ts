/** Offers the names of time zones that this browser knows. */
export function offerTimeZones(input: JQuery, id: string): void {
  const known = (Intl as { supportedValuesOf?: (what: 'timeZone') => string[] }).supportedValuesOf?.('timeZone') ?? [];
  input.attr('list', id).after($('<datalist>').attr('id', id).append(known.map((zone) => $('<option>').val(zone))));
}
