import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Answer, Asked, Route } from '../route';
import { exportCsv } from './csv-export';
import { importCsv } from './csv-import';
import { readUpload } from './multipart';

/** In the order of the vendor's sample (suprema-api A3.1, E13). */
const COLUMNS = [
  'user_id', 'name', 'department', 'user_title', 'phone', 'email', 'user_group', 'start_datetime', 'expiry_datetime', 'csn',
  'mobile_start_datetime', 'mobile_expiry_datetime', 'csn_mobile', 'qr', '26 bit SIA Standard-H10301', 'HID 37 bit-H10302', 'HID 37 bit-H10304',
  'HID Corporate 1000', 'HID Corporate 1000 48bit', 'face_image_file1', 'face_image_file2', 'pin',
];

/** Users from and to CSV files (suprema-api A3.1). */
export const CSV_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/users/csv_option', style: 'v1', handle: () => ({ body: { CsvOption: { columns: COLUMNS } } }) },
  { method: 'POST', path: '/api/attachments', style: 'v1', raw: true, handle: upload },
  { method: 'POST', path: '/api/users/csv_import', style: 'v1', handle: importCsv },
  { method: 'POST', path: '/api/users/csv_export', style: 'v1', handle: exportCsv },
];

function upload({ downloads }: BioStar, { raw, contentType }: Asked): Answer {
  const file = readUpload(raw, contentType);
  if (file === null) throw new BioStarError(30);
  if (!/\.(csv|tgz)$/i.test(file.name)) throw new BioStarError(211);
  downloads.put(file.name, file.content);
  return { body: { filename: file.name } };
}
