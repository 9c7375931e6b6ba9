import { ofStatements } from './statements.ts';

/** Whether the same happened lately is asked at each refused key. */
export const journalIndex = ofStatements([`create index journal_same on journal (kind, actor, time)`]);
