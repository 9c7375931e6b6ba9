import { need, threat, way } from '../definition.ts';

export const poisonedThirdParty = threat({
  id: 'poisoned-third-party',
  title: 'A third party that answers with poison',
  subject: 'external',
  stride: ['tampering', 'spoofing'],
  owasp: 'API10:2023',
  harm: 'integrity',
  ease: -1,
  attack: 'Takes over, or imitates, a service that this one trusts, and answers with what the code does not expect.',
  ways: [
    way('Through the supplier', 'takes over the third party, or its DNS', [
      'answers with unexpected content',
      'third-party-contract',
    ]),
  ],
  find: ({ element, system }) => {
    const consumed = system.architecture.castellan
      .flatMap(({ consumes }) => consumes)
      .find(({ name }) => name === element.name);
    const called = consumed !== undefined || (element.component !== undefined && element.kind === 'external');
    if (!called) return undefined;
    return [
      need(
        'third-party-contract',
        consumed?.contract !== undefined,
        'no contract says what it may answer',
        'it has a contract',
        { place: element.place },
      ),
    ];
  },
  bad: [
    {
      name: 'no contract',
      paths: {},
      files: { 'castellan.yaml': 'apis: [{ name: x, contract: y }]\nconsumes: [{ name: pay }]\n' },
    },
  ],
  good: [
    {
      name: 'a contract',
      paths: {},
      files: { 'castellan.yaml': 'apis: [{ name: x, contract: y }]\nconsumes: [{ name: pay, contract: pay.yaml }]\n' },
    },
  ],
});
