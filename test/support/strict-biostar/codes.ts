/** Codes of the answers with their words, and the HTTP status each rides on (suprema-api A1.2, A6.4, E1, E3). */

const WORDS: Record<string, string> = {
  0: 'Success', 1: 'Processed with some errors', 4: 'Timeout waiting for request.', 5: 'Partially processed', 8: 'All failed',
  9: 'Not applicable', 10: 'Login required.', 11: 'Session expired.', 20: 'Permission Denied', 30: 'Invalid parameters.',
  101: 'ID or password is incorrect.', 102: 'The request method is not allowed.', 103: 'Request Not Supported', 104: 'Invalid JSON.',
  109: 'Denied to access from client ip.', 110: 'Login failed due to duplicate Login ID.',
  113: 'You have exceeded the maximum number of invalid attempts to login.', 114: 'Denied to access from client ip.',
  122: 'Your account has Multi-Factor Auth for Login enabled.', 201: 'User not found.', 202: 'Duplicate User',
  205: 'Administrator cannot be deleted.', 207: 'ID cannot be modified.', 208: 'Duplicate Login ID', 211: 'Invalid file format.',
  212: 'Email already exists.', 301: 'Device not found.', 400: 'Card not found.', 401: 'Duplicate Card',
  408: 'Cannot apply a card which is already assigned to a user.', 413: 'The entered card ID is already blacklisted.',
  415: 'Invalid card ID.', 600: 'User group not found.', 601: 'Door not found.', 603: 'Access group not found.',
  700: 'Failed to parse JSON.', 1000: 'Unknown Error.', 1001: 'Device is not connected.', 1003: 'Device Timed Out',
  1020: 'BioStar 2 server is busy.', 1100: 'Web socket not found.', 1101: 'Invalid session in web socket.',
  1400: 'Mobile access is not configured.', 1402: 'Unusable site ID.', 1403: 'Not enough credit.', 1404: 'Site ID does not exist.',
  1405: 'Unsupported site type.', 2000: 'The portal cannot be reached.', 2001: 'Portal login failed.', 2007: 'No answer of the portal.',
  2300: 'The portal account status is not supported.', 65651: 'Card ID already exists.', 65709: 'Cannot add the card to blacklist.',
  65744: 'The card has already been registered or is an unassigned card.', 65749: 'This card ID has already been used and cannot be used again.',
  131073: 'Invalid User ID.', 131074: 'Username contains special characters that are not allowed.', 131075: 'Invalid length of Title.',
  131076: 'Invalid length of Telephone.', 131077: 'Invalid Telephone.', 131079: 'Invalid Email.', 131080: 'Invalid length of PIN.',
  131081: 'Invalid PIN.', 131083: 'Invalid Login ID.', 131084: 'Invalid length of Password.', 131085: 'Invalid period range.',
  131086: 'Expiration Date is less than Start Date.', 131094: 'Maximum length of Name exceeded.', 131095: 'Card ID is required.',
  262189: 'Mobile card is already enrolled for this user.', 262191: 'Failed to delete the mobile card.',
  262194: 'Failed to create a mobile card.', 262201: 'This card was already changed to the blacklist.',
  262202: 'This card is not found from the server DB.', 262203: 'Cannot find a card matched to the input value.',
  262204: 'This card was already removed from the blacklist.', 331779: 'License does not allow to use a mobile card.',
  331781: 'License does not allow to use BioStar 2 API server.', 331791: 'License is required.', u1001: 'Card already registered',
};

const HTTP: Record<string, number> = {
  0: 200, 1: 200, 4: 200, 5: 200, 8: 200, 10: 401, 11: 401, 20: 403, 109: 403, 114: 403, 201: 404, 1000: 500, 1020: 503,
  65651: 409, 401: 409, 331779: 403, 331780: 403, 331781: 403, 331791: 403,
};

export const messageOf = (code: string): string => WORDS[code] ?? 'Failed';

/** HTTP status of a code; what the vendor leaves open is 400. */
export const httpOf = (code: string): number => HTTP[code] ?? 400;
