import type { Dialog } from '../shared/dialog';
import { isVariable } from '../shared/variable';
import { RulesDesk } from './desk';
import { documentOf } from './document';
import { field } from './field';
import { type PartSection, partSection } from './part-section';
import { markPlaces, placeOf, problemList } from './problem-list';
import { problemsOf } from './reader-problems';
import { GENERAL, PARTS } from './shapes';
import { fieldOf } from './slot';
import { RULES_STYLE } from './style';
import { tabs } from './tabs';

/** Somebody who types is told when they pause. */
const PAUSE_MS = 200;
const [TABLES, TEXT] = ['mc-rules-tables', 'mc-rules-json'];

/**
 * Tables beside the JSON of the rules. The text area stays what Node-RED saves: a table writes into it when something is
 * changed there, so what nobody touches stays as it was written.
 */
export function offerRulesTables(dialog: Dialog): void {
  const text = dialog.field('rules').addClass('mc-rules-text');
  const textPanel = text.closest('.mc-rules-json');
  const panel = $('<div>');
  const desk = new RulesDesk(text, panel);
  let sections = new Map<string, PartSection>();
  let shown = TABLES;

  const check = (): void => {
    const document = documentOf(String(text.val()));
    const problems = document === null ? [] : problemsOf(document);
    list.element.toggle(document !== null);
    list.show(problems);
    markPlaces(panel, problems);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const checkSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  };
  const goTo = (problem: string): void => {
    if (shown !== TABLES) views.activate(TABLES);
    for (const [part, { reveal }] of sections) if (problem.startsWith(part) && /^[.:[]/.test(problem.slice(part.length))) reveal(problem);
    check();
    placeOf(panel, problem).trigger('focus');
  };
  const draw = (): void => {
    panel.empty();
    sections = new Map();
    if (!desk.read() || isVariable(text.val())) {
      panel.append($('<div class="form-tips">').text(desk.says(isVariable(text.val()) ? 'is-variable' : 'no-document')));
      return;
    }
    panel.append(GENERAL.map((shape) => field(desk, fieldOf(desk.whole(), shape.key), shape)));
    for (const shape of PARTS) {
      const section = partSection(desk, shape);
      sections.set(shape.part, section);
      panel.append(section.element);
    }
    check();
  };

  const list = problemList(desk, goTo);
  const views = tabs([
    { id: TABLES, icon: 'fa-table', label: desk.says('tab.tables'), panel },
    { id: TEXT, icon: 'fa-code', label: desk.says('tab.json'), panel: textPanel },
  ], (id) => {
    shown = id;
    if (id === TABLES) draw();
  });
  textPanel.before($('<style>').text(RULES_STYLE), views.element, panel).after(list.element);
  text.on('change keyup paste', checkSoon);
  // What is opened has to be marked, too.
  panel.on('click', checkSoon);
  views.activate(documentOf(String(text.val())) === null ? TEXT : TABLES);
  check();
}
