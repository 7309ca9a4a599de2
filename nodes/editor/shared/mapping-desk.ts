import type { Dialog } from './dialog';
import type { MappingColumns } from './mapping-table';

/** Puts a table in place of the JSON of a mapping, see `offerMappingTable`. */
export type MappingTable = (dialog: Dialog, name: string, columns: MappingColumns) => void;

/** The table lies once in the editor, in the page of mc-import, which hands it over to the others here. */
const page = globalThis as { portalToDoor?: { mappingTable?: MappingTable } };

export function lendMappingTable(mappingTable: MappingTable): void {
  page.portalToDoor = { ...page.portalToDoor, mappingTable };
}

/** Null where mc-import is not there (or switched off): then the JSON stays as it is. */
export function mappingTable(): MappingTable | null {
  return page.portalToDoor?.mappingTable ?? null;
}
