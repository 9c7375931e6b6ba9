import { DatabaseSync } from 'node:sqlite';

/** Rows as the database gives them. */
export type Row = Record<string, string | number | null>;

/** Ids of the seed data, for the tour and the tests. */
export const ids = {
  adasDocument: '0b7e9a52-6f0e-4c3e-9a35-0d9f5d1c7a01',
  bobsDocument: '0b7e9a52-6f0e-4c3e-9a35-0d9f5d1c7a02',
  intro: '5f2d1c88-2a6b-4f7c-8f43-3c1f4e2b9b01',
  figures: '5f2d1c88-2a6b-4f7c-8f43-3c1f4e2b9b02',
  bobsSection: '5f2d1c88-2a6b-4f7c-8f43-3c1f4e2b9b03',
} as const;

/** Opens the store with its seed data. @param now milliseconds since the epoch: the section's approval is one hour old */
export function openStore(now: number): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(`
    CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT, email TEXT, role TEXT, passwordHash TEXT);
    CREATE TABLE documents (id TEXT PRIMARY KEY, title TEXT, status TEXT, ownerId TEXT, updatedAt TEXT);
    CREATE TABLE sections (id TEXT PRIMARY KEY, documentId TEXT, heading TEXT, text TEXT, reviewNotes TEXT, approvalTag TEXT, approvalBy TEXT, approvalAt TEXT);
    CREATE TABLE comments (id TEXT PRIMARY KEY, documentId TEXT, text TEXT, authorId TEXT, at TEXT);
  `);
  const at = new Date(now - 3_600_000).toISOString();
  const user = database.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?)');
  user.run('ada', 'Ada', 'ada@example.com', 'member', '$2b$10$ada');
  user.run('bob', 'Bob', 'bob@example.com', 'member', '$2b$10$bob');
  user.run('eve', 'Eve', 'eve@example.com', 'member', '$2b$10$eve');
  const document = database.prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?)');
  document.run(ids.adasDocument, 'Annual report', 'published', 'ada', at);
  document.run(ids.bobsDocument, 'Salaries', 'draft', 'bob', at);
  const section = database.prepare('INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  section.run(
    ids.intro,
    ids.adasDocument,
    'Introduction',
    'It was a good year.',
    'Too short, says legal.',
    'ready',
    'bob',
    at,
  );
  section.run(ids.figures, ids.adasDocument, 'Figures', 'See the table.', 'Numbers not audited yet.', null, null, null);
  section.run(ids.bobsSection, ids.bobsDocument, 'Table', 'Everybody: 1.', null, null, null, null);
  const comment = database.prepare('INSERT INTO comments VALUES (?, ?, ?, ?, ?)');
  comment.run('7c6f1f0e-95a3-4b2d-8f8e-1d2c3b4a5c01', ids.adasDocument, 'Well done.', 'bob', at);
  return database;
}
