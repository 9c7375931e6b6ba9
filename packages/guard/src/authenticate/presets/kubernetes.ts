import type { Preset } from './preset.ts';

export const kubernetes: Preset = {
  name: 'kubernetes',
  title: 'Kubernetes, service accounts',
  parameters: {
    cluster: 'service account issuer of the cluster',
  },
  example: {
    preset: 'kubernetes',
    cluster: 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633',
    audience: 'orders',
  },
  entry: {
    issuer: '{cluster}',
    tenant: '/kubernetes.io/namespace',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      aud: ['orders'],
      iss: 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633',
      jti: 'c4e1',
      'kubernetes.io': {
        namespace: 'shop',
        pod: {
          name: 'billing-7d9f',
          uid: '5e12',
        },
        serviceaccount: {
          name: 'billing',
          uid: '14ee',
        },
      },
      sub: 'system:serviceaccount:shop:billing',
    },
  },
  identity: {
    subject: 'system:serviceaccount:shop:billing',
    tenant: 'shop',
  },
  note: "In the cluster itself: connection: { ca: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt', hosts: ['kubernetes.default.svc.cluster.local'] }, and let anonymous callers read the key set.",
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
};
