/** What is known of doors at this moment, for interlocks. */
export interface DoorLevels {
  /** True while it stands open or is released, false while it is shut and locked; null: nobody knows. */
  isOpen(door: string): boolean | null;
  /** When it was last seen to close, in milliseconds since 1970; null: not seen. */
  closedAt(door: string): number | null;
}
