import type { RulesDesk } from './desk';
import type { Entry } from './entry';
import { marked } from './field-row';

/** The name of an entry. Another entry keeps its own: a name that is taken is not given twice. */
export function typeNames(desk: RulesDesk, part: string, entry: Entry): JQuery[] {
  const id = desk.newId();
  const offers = $('<datalist>').attr('id', `${id}-names`);
  const alert = $('<div class="mc-rules-alert" role="alert">');
  const input = marked($('<input type="text" autocomplete="off" spellcheck="false">'), entry).attr({ id, placeholder: desk.says(`hint.${part}`) });
  if (part === 'doors') {
    input.attr('list', `${id}-names`).on('focus', () => {
      const own = desk.entries('doors');
      offers.empty().append(desk.names('doors').filter((name) => !(name in own)).map((name) => $('<option>').val(name)));
    });
  }
  input.on('change', () => {
    const [former, name] = [entry.name ?? '', String(input.val()).trim()];
    alert.text('');
    if (name === former) return;
    if (name === '' || name in desk.entries(part)) {
      alert.text(name === '' ? '' : desk.says('taken', { name }));
      input.val(former);
      return;
    }
    entry.name = name;
    desk.rename(part, former, name);
    desk.changed();
  });
  desk.live(input, () => { input.val(entry.name ?? ''); });
  return [$('<label>').attr('for', id).text(desk.says(`one.${part}`)), input, offers, alert];
}
