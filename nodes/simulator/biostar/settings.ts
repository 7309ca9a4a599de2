/** What tests and demonstrations may set. `reset()` of the simulator brings the first values back. */
export class BioStarSettings {
  /** True: user ids may hold letters, and next_user_id knows only those of digits. */
  useAlphanumeric = false;
  /** Idle seconds after which a session is over. */
  sessionTimeout = 216_000;
  /** False: a second login ends the first session. */
  allowSimultaneousConnection = true;
  /** False: mobile access is not configured (code 1400). */
  useMobileCredential = true;
  /** Site ID that the server holds; null: the portal's own. Any other one is answered with 1404. */
  mobileSiteId: string | null = null;
  /** False: 331779 on every mobile call. */
  mobileLicence = true;
  /** False: 331791 on every mobile call. */
  licence = true;
  /** An import of more rows is answered with code 4 and goes on in the background. */
  csvTaskLimit = 1000;
  /** How long the background import takes for a row, in milliseconds. */
  csvTaskRowMs = 1;
  /** How long a door may stand open until it is held open, in milliseconds. */
  heldOpenMs = 30_000;
  /** How long `open` energises the strike, in milliseconds. */
  openMs = 3000;
  product = 'BioStar X';
  version = '1.3.0';
  /** How the server writes what the vendor left open, or writes in several ways. */
  readonly quirks = {
    /** A v1 list of one row has the row itself in `rows` (suprema-api A1). */
    oneRowAsObject: false,
    /** v1 routes answer with real numbers and booleans instead of text. */
    realScalars: false,
    /** `cards` of a user without any. */
    emptyCards: 'text' as 'text' | 'list' | 'absent',
    /** False: door commands answer with `Response` alone, as older servers do (suprema-api A7). */
    doorRows: true,
    /** Event frames are binary (suprema-api A9). */
    binaryFrames: false,
    /** New events are kept and not sent: `deliver` sends them late, twice or in another order. */
    holdEvents: false,
  };
}
