/** A reader that the site knows of, registered or not. */
export interface PortalDevice {
  id: string;
  name: string;
  registered: boolean;
}

/** One registered reader a door, and one more that is not registered. */
export function devicesFor(doors: number): PortalDevice[] {
  const atDoors = Array.from({ length: doors }, (_, index) => ({
    id: `SIM-READER-${index + 1}`, name: `Reader of door ${index + 1}`, registered: true,
  }));
  return [...atDoors, { id: 'SIM-READER-X', name: 'Spare reader', registered: false }];
}
