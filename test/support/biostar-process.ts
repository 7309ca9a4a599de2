/** A BioStar server of ours in a process of its own, for measurements: `latencyMs`, and commands by message. */
import { PlainBiostar } from './plain-biostar';

const server = new PlainBiostar();
server.latencyMs = Number(process.argv[2] ?? 0);

process.on('message', (command: { users?: number; emit?: number; seen?: true; credits?: number }) => {
  if (command.credits !== undefined) server.books.portal.credits = command.credits;
  if (command.users !== undefined) for (let id = 2; id <= command.users; id += 1) server.books.addUser(String(id));
  if (command.emit !== undefined) server.emit(command.emit, { sentAt: performance.timeOrigin + performance.now() });
  process.send?.({ seen: server.seen, cards: server.books.portal.cards.size, spent: server.books.portal.spent, orphans: server.books.orphans().length });
});

void server.start().then((port) => process.send?.({ port }));
