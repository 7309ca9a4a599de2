/** A code of the envelope: numbers as the vendor prints them, or the portal's own that are passed through (`u1001`). */
export type Code = number | string;

/** The vendor's words for its codes (UI strings of BioStar 2, suprema-api S4; the mobile ones after A6.4). */
const MESSAGES: Readonly<Record<string, string>> = {
  0: 'Success',
  1: 'Processed with some errors',
  4: 'Timeout waiting for request.',
  5: 'Processed with some errors',
  8: 'All of the requests failed.',
  9: 'Not applicable.',
  10: 'Login required.',
  11: 'Session expired.',
  20: 'Permission Denied',
  30: 'Invalid parameters.',
  101: "ID or password is incorrect. <br/>Make sure you're using ID or password for BioStar 2.",
  102: 'The request method is not allowed.',
  103: 'Request Not Supported',
  104: 'Invalid JSON.',
  107: 'File not found.',
  109: 'Denied to access from client ip.',
  110: 'Login failed due to duplicate Login ID.',
  112: 'Another admin user is now processing the data file export/import. Please try again after a short period of time.',
  113: 'You have exceeded the maximum 5 number of invalid attempts to login. Please contact administrator or login again in 5 minutes.',
  114: 'Denied to access from client ip.',
  122: 'Your account has Multi-Factor Auth for Login enabled. Please disable it and try again.',
  201: 'User not found.',
  202: 'Duplicate User',
  205: 'Administrator cannot be deleted.',
  207: 'ID cannot be modified.',
  208: 'Duplicate Login ID',
  211: 'Invalid file format.',
  212: 'Email already exists.',
  222: 'Cannot use consecutive letters, keyboard letters, or numbers. (i.e. abcd, qwerty, 0123456)',
  301: 'Device not found.',
  400: 'Card not found.',
  401: 'Duplicate Card',
  408: 'Cannot apply a card which is already assigned to a user.',
  413: 'The entered card ID is already blacklisted. Please choose a different card ID to proceed.',
  414: 'Failed to complete the card issuing or deleting process. Please try again.',
  415: 'Invalid card ID.',
  600: 'User group not found.',
  601: 'Door not found.',
  603: 'Access group not found.',
  700: 'Failed to parse JSON.',
  800: 'One or more values are invalid. Check the values and try again.',
  1000: 'Unknown Error.',
  1001: 'Device is not connected.',
  1003: 'Device Timed Out',
  1020: 'BioStar 2 server is busy.  Please try again later.',
  1101: 'Invalid session in web socket.',
  1400: 'Mobile access is not configured.',
  1403: 'Not enough credit.',
  1404: 'The site ID does not exist.',
  2000: 'The mobile access portal cannot be reached or the site is not active.',
  2001: 'Login to the mobile access portal failed.',
  2007: 'The mobile access portal refused the request.',
  65651: 'Card ID already exists.',
  65709: 'Cannot add the card to blacklist.',
  65744: 'The card has already been registered or is an unassigned card. Please use another card ID.',
  65749: 'This card ID has already been used and cannot be used again.',
  131072: 'Invalid length of ID.',
  131073: 'Invalid User ID.',
  131074: 'Username contains special characters that are not allowed. only ~ ! @ # $ % ^ & ( ) - _ = + [ ] { } ; , are allowed.',
  131075: 'Invalid length of Title.',
  131076: 'Invalid length of Telephone.',
  131077: 'Invalid Telephone.',
  131078: 'Invalid length of Email.',
  131079: 'Invalid Email.',
  131080: 'Invalid length of PIN.',
  131081: 'Invalid PIN.',
  131083: 'Invalid Login ID.',
  131084: 'Invalid length of Password.',
  131085: 'Invalid period range. Period can be set from Jan 1st 00:00, 2001 to Dec 31 23:59, 2037.',
  131086: 'Expiration Date is less than Start Date.',
  131094: 'Maximum length of Name exceeded.',
  131095: 'Card ID is required.',
  262189: 'Mobile card is already enrolled for this user.',
  262191: 'Failed to delete the mobile card. Please try again.',
  262201: 'This card was already changed to the blacklist.',
  262202: 'This card is not found from the server DB.',
  262203: 'Cannot find a card matched to the input value.',
  262204: 'This card was already removed from the blacklist.',
  331779: 'The license does not allow to use a mobile card.',
  331781: 'The license does not allow to use BioStar 2 API server.',
  331791: 'License required.',
  u1001: 'The card is already registered.',
};

/** Codes that ride on another HTTP status than 400 (suprema-api A1.2, A2, A4, E1, E3, E12). */
const STATUSES: Readonly<Record<string, number>> = {
  10: 401, 11: 401, 20: 403, 107: 404, 109: 403, 114: 403, 201: 404, 301: 404, 400: 404, 401: 409, 601: 404, 1000: 500, 1020: 503,
  65651: 409, 262201: 500, 262202: 500, 262203: 500, 262204: 500, 65709: 500, 331779: 403, 331781: 403, 331791: 403,
};

export function messageOf(code: Code): string {
  return MESSAGES[String(code)] ?? 'Unknown Error.';
}

export function statusOf(code: Code): number {
  return STATUSES[String(code)] ?? 400;
}

/** Licence refusals come without the `Response` wrapper (suprema-api A1.1). */
export function isBare(code: Code): boolean {
  return [331779, 331781, 331791].includes(Number(code));
}
