import { auth0 } from './auth0.ts';
import { okta } from './okta.ts';
import { entra } from './entra.ts';
import { entraV1 } from './entra-v1.ts';
import { entraMultitenant } from './entra-multitenant.ts';
import { entraApp } from './entra-app.ts';
import { entraB2c } from './entra-b2c.ts';
import { cognito } from './cognito.ts';
import { cognitoId } from './cognito-id.ts';
import { keycloak } from './keycloak.ts';
import { keycloakAudience } from './keycloak-audience.ts';
import { keycloakLightweight } from './keycloak-lightweight.ts';
import { firebase } from './firebase.ts';
import { google } from './google.ts';
import { clerk } from './clerk.ts';
import { workos } from './workos.ts';
import { hydra } from './hydra.ts';
import { duende } from './duende.ts';
import { xsuaa } from './xsuaa.ts';
import { uaa } from './uaa.ts';
import { kubernetes } from './kubernetes.ts';
import { githubActions } from './github-actions.ts';
import { gitlab } from './gitlab.ts';
import { cloudflareAccess } from './cloudflare-access.ts';
import { googleIap } from './google-iap.ts';
import { supabase } from './supabase.ts';
import { zitadel } from './zitadel.ts';
import { authentik } from './authentik.ts';
import type { Preset } from './preset.ts';

/** Every preset; a new one is a file and a line here. */
export const presets: readonly Preset[] = [
  auth0,
  okta,
  entra,
  entraV1,
  entraMultitenant,
  entraApp,
  entraB2c,
  cognito,
  cognitoId,
  keycloak,
  keycloakAudience,
  keycloakLightweight,
  firebase,
  google,
  clerk,
  workos,
  hydra,
  duende,
  xsuaa,
  uaa,
  kubernetes,
  githubActions,
  gitlab,
  cloudflareAccess,
  googleIap,
  supabase,
  zitadel,
  authentik,
];
