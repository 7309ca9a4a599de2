import type { RulesDesk } from './desk';

/** All that is wrong, below the tables and the text; one that is chosen is shown where it is. */
export function problemList(desk: RulesDesk, goTo: (problem: string) => void): { element: JQuery; show: (problems: readonly string[]) => void } {
  const heading = $('<div class="mc-rules-problems-heading" role="status">');
  const list = $('<ul>');
  const element = $('<div class="mc-rules-problems">').append(heading, list);
  return {
    element,
    show: (problems) => {
      element.toggleClass('mc-rules-wrong', problems.length > 0);
      const words = desk.says(problems.length === 0 ? 'no-problems' : 'problems', { count: problems.length });
      if (heading.text() !== words) heading.text(words).prepend($('<i aria-hidden="true">').addClass(`fa ${problems.length === 0 ? 'fa-check' : 'fa-warning'}`), ' ');
      list.empty().append(problems.map((problem) => $('<li>').append($('<button type="button">').text(problem).on('click', () => { goTo(problem); }))));
    },
  };
}

/** Marks the fields, entries and parts that problems are about, and no others. */
export function markPlaces(tables: JQuery, problems: readonly string[]): void {
  const within = (path: string): boolean => problems.some((problem) => [':', '.', '['].some((sign) => problem.startsWith(path + sign)));
  tables.find('.mc-rules-place').each((_index, element) => {
    const path = pathOf(element);
    const wrong = within(path);
    // A name is not wrong for what stands under it.
    const isFault = wrong && (element.closest('.mc-rules-head') === null || problems.some((problem) => problem.startsWith(`${path}:`)));
    $(element).toggleClass('mc-rules-wrong', wrong).toggleClass('input-error', isFault && $(element).is('input, select'));
    if (isFault) element.setAttribute('aria-invalid', 'true');
    else element.removeAttribute('aria-invalid');
  });
  tables.find('.mc-rules-part').each((_index, element) => { $(element).toggleClass('mc-rules-wrong', within(String(element.dataset['part']))); });
}

/** The innermost field on show that a problem is about. */
export function placeOf(tables: JQuery, problem: string): JQuery {
  const about = tables.find('.mc-rules-place:visible').toArray().filter((element) => [':', '.', '['].some((sign) => problem.startsWith(pathOf(element) + sign)));
  const innermost = about.sort((a, b) => pathOf(b).length - pathOf(a).length)[0];
  const found = innermost === undefined ? $() : $(innermost);
  return found.is('input, select') ? found : found.find('input, select, button').first();
}

function pathOf(element: HTMLElement): string {
  return ($(element).data('mc-path') as () => string)();
}
