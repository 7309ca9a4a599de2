/** Modbus exceptions (Application Protocol 1.1b3, 7). */
export const ILLEGAL_FUNCTION = 1;
export const ILLEGAL_ADDRESS = 2;
export const ILLEGAL_VALUE = 3;
export const TARGET_SILENT = 11;

export type Refusal = typeof ILLEGAL_FUNCTION | typeof ILLEGAL_ADDRESS | typeof ILLEGAL_VALUE;

/** One of the four tables of a device. Addresses count from 0. */
export interface Table<T extends boolean | number> {
  /** Undefined where there is no such address. */
  read(address: number): T | undefined;
  /** Absent: nothing in this table can be written. */
  write?: {
    /** Null where `value` may be written at `address`. */
    check(address: number, value: T): Refusal | null;
    apply(address: number, value: T): void;
  };
}

/** A device behind a unit number. A table that it lacks is absent, and its functions are illegal. */
export interface ModbusUnit {
  coils?: Table<boolean>;
  discretes?: Table<boolean>;
  holding?: Table<number>;
  inputs?: Table<number>;
  /**
   * Function 5 as this device takes it beyond the standard: undefined where the request is an ordinary one, null after
   * it was carried out.
   */
  command?(address: number, value: number): Refusal | null | undefined;
}
