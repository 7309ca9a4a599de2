import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Answer, Asked } from '../route';
import { CSN, CSN_MOBILE } from '../cards/card-types';
import { filterUsers } from '../users/search-users';
import type { User } from '../users/user';
import { userRow } from '../users/user-rows';
import { idsOf, numberOf, objectOf, textOf, textsOf } from '../wire';
import { writeCsv } from './csv-text';

/** `POST /api/users/csv_export?id=*` writes a file and gives its place (suprema-api A3.1). Throws 30. */
export function exportCsv(biostar: BioStar, { query, body }: Asked): Answer {
  const asked = objectOf(body['Query']);
  const [columns, headers] = [textsOf(asked['columns']), textsOf(asked['headers'])];
  const wanted = idsOf(query.get('id'));
  if (columns.length === 0 || headers.length !== columns.length || wanted.length === 0) throw new BioStarError(30);
  const users = filterUsers(biostar, objectOf(body['adv_criteria'])).filter(({ userId }) => wanted.includes('*') || wanted.includes(userId));
  const rows = users.slice(numberOf(asked['offset']) ?? 0).map((user) => columns.map((column) => cell(biostar, user, column)));
  const stamp = new Date(biostar.clock.now()).toISOString().replace(/\D/g, '').slice(0, 17);
  const uri = `User_${stamp}.csv`;
  biostar.downloads.put(uri, Buffer.from(writeCsv([headers, ...rows])));
  return { body: { File: { uri } } };
}

function cell(biostar: BioStar, user: User, column: string): string {
  const held = biostar.cards.ofUser(user.userId);
  if (column === 'csn') return held.filter(({ type }) => type === CSN).map(({ number }) => number).join(';');
  if (column === 'csn_mobile') return held.find(({ type }) => type === CSN_MOBILE)?.number ?? '';
  if (column === 'user_group') return user.group.name;
  return textOf(userRow(biostar, user)[column]);
}
