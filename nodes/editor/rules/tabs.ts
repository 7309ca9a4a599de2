import { editor } from '../shared/red';

/** Node-RED's tabs, which by themselves know the mouse only: here they take the keyboard too, and say what they are. */
export function tabs(views: readonly { id: string; icon: string; label: string; panel: JQuery }[], onShow: (id: string) => void): { element: JQuery; activate: (id: string) => void } {
  const list = $('<ul role="tablist">');
  const element = $('<div class="mc-rules-tabs">').append(list);
  const made = editor.tabs(list, ({ id }) => {
    for (const view of views) view.panel.toggle(view.id === id);
    list.find('a').each((_index, link) => {
      const isShown = link.getAttribute('href') === `#${id}`;
      $(link).attr({ 'aria-selected': String(isShown), tabindex: isShown ? 0 : -1 });
    });
    onShow(id);
  });
  views.forEach(({ id, icon, label, panel }, index) => {
    made.addTab({ id, label, iconClass: `fa ${icon}` }, index);
    panel.attr({ id: `${id}-panel`, role: 'tabpanel', 'aria-label': label });
  });
  list.find('li').attr('role', 'presentation');
  list.find('a').attr('role', 'tab').each((index, link) => { $(link).attr('aria-controls', `${String(views[index]?.id)}-panel`); });
  list.on('keydown', 'a', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Enter: 0, ' ': 0 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = views.findIndex(({ id }) => $(event.currentTarget).attr('href') === `#${id}`);
    const next = views[(at + step + views.length) % views.length];
    if (next === undefined) return;
    made.activateTab(next.id);
    list.find(`a[href="#${next.id}"]`).trigger('focus');
  });
  return { element, activate: (id) => { made.activateTab(id); } };
}
