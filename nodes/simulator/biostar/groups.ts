/** A user group, an access group or a door group. */
export interface Group {
  id: number;
  name: string;
}

export const USER_GROUPS: readonly Group[] = [{ id: 1, name: 'All Users' }, { id: 2, name: 'Maintenance' }, { id: 3, name: 'Visitors' }];
export const ACCESS_GROUPS: readonly Group[] = [{ id: 1, name: 'Everyone' }, { id: 2, name: 'Workshop' }, { id: 3, name: 'Plant' }];
export const DOOR_GROUP: Group = { id: 1, name: 'All Doors' };

export function groupWithId(groups: readonly Group[], id: string): Group | undefined {
  return groups.find((group) => String(group.id) === id);
}
