import { need, threat, way } from '../definition.ts';

export const malformedInput = threat({
  id: 'malformed-input',
  title: 'Input that nobody expected',
  subject: 'operation',
  stride: ['tampering', 'elevation'],
  owasp: 'API8:2023',
  harm: 'integrity',
  ease: 0,
  attack: 'Sends values that the code does not expect: other types, operators of the database, paths, templates.',
  ways: [
    way(
      'Injection',
      ['sends a value of another type or with operators', 'input-validation'],
      'the code hands it to a database, shell or template',
    ),
  ],
  find: ({ operation }) => {
    const { body } = operation;
    if (body === undefined) return undefined;
    const open = body.content.filter(
      ({ schema }) =>
        schema === undefined ||
        schema.raw === true ||
        (typeof schema.raw === 'object' &&
          Object.keys(schema.raw).every((key) => ['description', 'example', 'title', 'type'].includes(key)) &&
          (schema.raw['type'] === undefined || schema.raw['type'] === 'object')),
    );
    return [
      need('input-validation', open.length === 0, 'the body may hold anything', 'the body has a schema', {
        at: open.map(({ location }) => location),
      }),
    ];
  },
  bad: [
    {
      name: 'any object',
      schemas: { Any: { type: 'object' } },
      paths: { '/orders': { post: { inlineBody: { type: 'object' } } } },
    },
  ],
  good: [
    {
      name: 'a described body',
      schemas: { One: { type: 'object', properties: { note: { type: 'string' } } } },
      paths: { '/orders': { post: { body: 'One' } } },
    },
  ],
});
