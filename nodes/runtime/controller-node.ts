import { McError } from '../credential/mc-error';
import { Controller } from '../field/controller';
import type { Line } from '../field/line';
import { resolveProfile } from '../field/profile';
import { type ConfigTools, orProblem, registerConfig } from './config-node';
import { Shared, sharedOf } from './shared';

/** A controller as its users see it. */
export type ControllerLoan = Controller;

export function registerController(RED: ConfigTools['RED']): void {
  registerConfig(RED, 'mc-controller', (tools) => {
    const opened = orProblem(tools, () => openController(tools));
    if (opened instanceof McError) {
      new Shared<Controller>(opened, tools.node);
      return () => undefined;
    }
    const { controller, sharedLine } = opened;
    const shared = new Shared(controller, tools.node, {
      first: () => { sharedLine.use(tools.node); },
      last: () => { sharedLine.release(tools.node); },
    });
    tools.status.setBase('grey', 'ring', 'ready');
    return async () => {
      await shared.idle();
      controller.close();
      sharedLine.release(tools.node);
    };
  });
}

function openController({ RED, settings }: ConfigTools): { controller: Controller; sharedLine: Shared<Line> } {
  const profile = resolveProfile(settings.required('profile'), settings.json('overrides'));
  const unit = settings.number('unit', 1, { min: 0, max: 255 });
  const sharedLine = sharedOf<Line>(RED, 'mc-line', settings.text('line'));
  const line = sharedLine.peek();
  line.checkUnit(unit);
  return { controller: new Controller(line, unit, profile), sharedLine };
}
