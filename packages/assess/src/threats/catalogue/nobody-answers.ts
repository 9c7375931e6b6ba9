import { need, threat, way } from '../definition.ts';

export const nobodyAnswers = threat({
  id: 'nobody-answers',
  title: 'An API that nobody answers for',
  subject: 'api',
  stride: ['repudiation'],
  owasp: 'API9:2023',
  harm: 'accountability',
  ease: 0,
  attack: 'Finds a weakness that is reported and stays, because nobody is responsible.',
  ways: [way('Time', 'finds a weakness', ['which nobody fixes', 'ownership'])],
  find: ({ owner }) => [need('ownership', owner !== undefined, 'no owner is named', `${owner ?? ''} answers for it`)],
  bad: [{ name: 'no owner', paths: { '/orders': { get: {} } } }],
  good: [{ name: 'an owner', root: { owner: 'team-shop' }, paths: { '/orders': { get: {} } } }],
});
