import { need, threat, way } from '../definition.ts';

export const oversizedBody = threat({
  id: 'oversized-body',
  title: 'A body that is too large',
  subject: 'operation',
  stride: ['denial'],
  owasp: 'API4:2023',
  harm: 'availability',
  ease: 1,
  attack: 'Uploads files until memory, disk or the bill gives in.',
  ways: [
    way('Large files', ['uploads very large files', 'body-limit']),
    way('Many files', ['uploads without pause', 'rate-limit']),
  ],
  find: ({ operation }) => {
    const types = operation.body?.content.map(({ type }) => type) ?? [];
    if (
      !types.some((type) =>
        /^(?:multipart\/|application\/octet-stream|image\/|video\/|audio\/|application\/(?:zip|pdf|gzip))/.test(type),
      )
    )
      return undefined;
    return [
      need(
        'body-limit',
        operation.castellan.maxBody !== undefined,
        'no largest body is declared',
        'the largest body is declared',
      ),
    ];
  },
  bad: [{ name: 'an upload', paths: { '/files': { post: { upload: true } } } }],
  good: [
    { name: 'a bounded upload', paths: { '/files': { post: { upload: true, 'x-castellan': { maxBody: '5MB' } } } } },
  ],
});
