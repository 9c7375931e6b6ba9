import { isBeforeLogin } from '@castellan/meaning';
import { need, threat, way } from '../definition.ts';

export const openToAnyone = threat({
  id: 'open-to-anyone',
  title: 'Called without any credential',
  subject: 'operation',
  stride: ['spoofing', 'elevation'],
  owasp: 'API2:2023',
  harm: 'integrity',
  ease: 1,
  attack: 'Calls the operation directly, without the application that was meant to be in front of it.',
  ways: [
    way('Directly', 'reads the document, or watches the application', [
      'calls the operation without a credential',
      'authentication',
    ]),
  ],
  find: ({ operation, authentication, data, changes, purpose }) => {
    const matters = changes || data.gives.length > 0;
    if (
      !matters ||
      purpose.authorizationServer ||
      purpose.login ||
      purpose.misuse === 'signup' ||
      purpose.misuse === 'recovery' ||
      isBeforeLogin(operation)
    )
      return undefined;
    const how = authentication.alternatives.join(', or ');
    return [
      need(
        'authentication',
        !authentication.anonymous,
        operation.security.every(({ schemes }) => schemes.length === 0)
          ? 'the operation asks for no credential'
          : 'one of its alternatives asks for no credential',
        `asks for ${how}`,
      ),
    ];
  },
  bad: [{ name: 'a write without security', paths: { '/orders': { post: { security: [] } } } }],
  good: [
    { name: 'a way in, which nobody can be signed in for', paths: { '/auth/check-otp': { post: { security: [] } } } },
    { name: 'a write that asks for a token', paths: { '/orders': { post: {} } } },
    { name: 'public reading of nothing personal', paths: { '/products': { get: { security: [] } } } },
  ],
});
