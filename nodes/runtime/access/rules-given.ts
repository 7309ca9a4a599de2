import { resolveInside } from '../../store/store-folder';
import type { NodeTools } from '../palette';
import type { RulesGiven } from './access-desk';
import { RulesFile } from './rules-file';

/**
 * Where a node's rules come from. What is wrong with them is found when they are read: those that held before go on
 * holding. Throws CONFIG_UNRESOLVED for a variable without a value, CONFIG_INVALID for a file outside the user directory.
 */
export function rulesOf({ settings, RED }: NodeTools): RulesGiven {
  const name = settings.text('rulesFile');
  const { rules: property } = settings.resolved('rules');
  if (name === '') return { property, file: null };
  const userDir = (RED.settings as unknown as { userDir?: string }).userDir ?? process.cwd();
  return { property, file: new RulesFile(resolveInside(userDir, name, 'rulesFile', 'rules/plant-north.json'), name) };
}
