import { Vocabulary } from './vocabulary.ts';

const words = (text: string): Vocabulary => new Vocabulary(text);

/** Segments that say 'sign in', their words run together; in English, German, French, Spanish and Portuguese. */
export const SIGN_IN = words(`login logins signin logon authenticate authentication authn
  anmelden anmeldung einloggen authentifizieren authentifizierung
  connexion seconnecter authentification authentifier sidentifier
  iniciarsesion iniciosesion iniciodesesion acceder autenticar autenticacion
  entrar logar fazerlogin iniciarsessao iniciosessao autenticacao`);
/** Words that make another matter of it: `reset_login`, `login-history`. */
export const NOT_SIGN_IN =
  words(`reset history attempts attempt failures failed log logs list unlock lock disable enable count settings
  config configuration page url urls redirect providers provider methods method options status events event activity
  last hints hint out required policy policies name names stats statistics audit tenant users test check validate availability alerts`);
/** Words of segments below which a token or session is a credential and no object of the API. */
export const AUTHORIZATION =
  words(`auth authn oauth oauth2 oidc openid connect login logins signin session sessions sso saml identity
  security anmeldung autenticacao autenticacion authentification`);
export const TOKENS = words('token tokens accesstoken accesstokens jwt authtoken');
/** Names of a sign-in only where the request carries a secret: elsewhere they are something else. */
export const SESSIONS = words(
  `session sessions token tokens auth sitzung sitzungen sesion sesiones sessao sessoes jeton jetons`,
);

/** Segments that say 'open an account', their words run together. */
export const REGISTER = words(`register signup registration registrations enroll createaccount newaccount
  registrieren registrierung kontoerstellen kontoanlegen kontoeroeffnen neueskonto
  inscription inscriptions inscrire sinscrire creercompte creeruncompte enregistrement
  registro registrar registrarse crearcuenta altausuario altadeusuario
  cadastro cadastrar cadastrarse criarconta registarse`);
/** What is registered where an account is opened. */
export const PEOPLE =
  words(`user users account accounts customer customers member members people person persons profile profiles patient
  patients employee employees student students client clients subscriber subscribers guest guests shopper shoppers
  benutzer nutzer kunde kunden konto konten mitglied mitglieder
  utilisateur utilisateurs compte comptes membre membres usager
  usuario usuarios cuenta cuentas cliente clientes miembro miembros
  conta contas utilizador utilizadores membro membros me self auth identity identities api rest public v1 v2 v3`);

/** Words of getting back in. */
export const RECOVER = words(`forgot forgotten forget reset recover recovery lost restore
  vergessen zuruecksetzen wiederherstellen wiederherstellung zuruecksetzung
  oublie oubliee oublies reinitialiser reinitialisation recuperer recuperation
  olvide olvidada olvidado olvidar recuperar recuperacion restablecer restablecimiento restaurar
  esqueci esqueceu esquecida redefinir redefinicao recuperacao resetar`);
/** What one gets back into, or with. */
export const SECRET_OF_PEOPLE =
  words(`password passwords passwd pwd passcode passphrase username usernames credentials pin
  passwort kennwort zugang zugangsdaten motdepasse mdp contrasena clave senha palavrapasse`);
export const ACCOUNT = words('account accounts konto compte cuenta conta');
/** One-time codes: what guessing is tried on. */
export const CODES = words(`otp totp mfa 2fa passcode onetimecode onetimepassword twofactor secondfactor einmalcode
  codigo2fa codeotp`);
/** Words of proving who one is by what was sent. */
export const PROVE =
  words(`verify verification confirm confirmation activate activation refresh callback challenge begin finish resend
  bestaetigen bestaetigung aktivieren aktivierung confirmer activer activation
  confirmar confirmacion confirmacao activar activacion ativar ativacao verificar verificacion verificacao`);
export const OF_PEOPLE =
  words(`auth authentication account email password passwordless magic phone sso saml oidc webauthn passkey passkeys
  konto compte cuenta conta correo courriel passwort contrasena senha telefon telefono telefone`);
export const WAYS_IN = words('magic passwordless sso saml oidc webauthn passkey passkeys');
/** Words that speak of signing in wherever they stand in a path. */
export const LOGIN_WORDS = words(
  `login logins signin authenticate logon anmelden anmeldung einloggen connexion authentifier iniciarsesion entrar`,
);
export const TOKEN_WORDS = words('token tokens oauth oauth2 jwks jwk session sessions');

export const HEALTH = words(
  'health healthz healthcheck ready readyz readiness live livez liveness ping status version zen robots favicon wellknown',
);
/** Segments, their words run together, under which administrators work. */
export const ADMINISTRATION =
  words(`admin admins administration administrator administrators sysadmin superuser superadmin backoffice staff management
  impersonate impersonation administrar administracion administrador administracao administrateur administratif verwaltung administracja`);
/** Segments under which those work who run the service. */
export const INTERNAL =
  words(`internal debug actuator private testonly pprof heapdump threaddump jolokia trace phpinfo serverstatus h2console
  devtools env intern interno interne`);
/** Last segments of operations that give rights. */
export const RIGHTS =
  words(`role roles permission permissions privilege privileges grants authorities accesslevel grantaccess organizationroles memberroles
  rolle rollen berechtigung berechtigungen rechte droits autorisations permisos permiso permissoes permissao papeis papel perfis`);

/** Segments below or at which somebody is given a part in something, with the rights that go with it. */
export const PARTS =
  words(`collaborators collaborator collaborations collaboration memberships membership organizationroles orgroles securitymanagers
  roleassignments rolebindings adduser addmember removeuser removemember mitgliedschaften`);

export const SEARCH = words(`search searches find query queries lookup autocomplete typeahead
  suche suchen suchanfrage recherche rechercher chercher buscar busca busqueda busquedas pesquisa pesquisar procurar`);
export const EXPORT = words(`export exports download downloads dump backup backups archive
  exportieren exporter exportation telecharger telechargement exportar exportacion exportacao descargar descarga baixar transferirficheiro
  herunterladen sicherung`);
export const UPLOAD = words(`upload uploads import imports attachments
  hochladen importieren televerser televersement importer subir cargar importar importacion carregar importacao upar`);

/** Business flows that hurt when they are automated or taken out of order (OWASP API6:2023), worst first. */
export const FLOWS = {
  payment:
    words(`payment payments pay payout payouts refund refunds withdraw withdrawal withdrawals remittance remittances topup topups
    transferfunds sendmoney moneytransfer moneytransfers fundtransfers fundstransfer banktransfer banktransfers paymentintents paymentlinks transfers captures donations payinvoice
    zahlung zahlungen bezahlen ueberweisung ueberweisungen auszahlung auszahlungen rueckerstattung erstattung
    paiement paiements payer virement virements remboursement remboursements retrait retraits
    pago pagos pagar reembolso reembolsos retiro retiros transferencias
    pagamento pagamentos saque saques pix`),
  purchase: words(`checkout purchase purchases order orders buy
    bestellung bestellungen bestellen kaufen kauf kasse
    commande commandes commander achat achats acheter
    pedido pedidos compra compras comprar encomenda encomendas`),
  booking: words(`booking bookings reservation reservations reserve book appointment appointments
    buchung buchungen buchen reservierung reservierungen termine
    reserver rendezvous reserva reservas reservar cita citas agendamento agendamentos`),
  reward:
    words(`redeem redemption redemptions coupon coupons voucher vouchers giftcard giftcards referral referrals reward rewards claimreward
    gutschein gutscheine einloesen bon bons utiliserbon cupon cupones canjear cupom cupons resgatar`),
  vote: words(`vote votes ballot ballots rating ratings review reviews like likes
    stimme stimmen abstimmen bewertung bewertungen avis evaluation evaluations noter voto votos votar resena resenas avaliacao avaliacoes curtir`),
  message:
    words(`message messages sms invitation invitations invite invites broadcast broadcasts sendemail sendmail sendmessage sendsms
    nachricht nachrichten einladung einladungen invitaciones invitacion mensaje mensajes mensagem mensagens convite convites`),
} as const;
/** Words before the name of a flow that begin it: `create-order`. */
export const BEGINS = words(`create make place submit new start post add do perform execute initiate
  erstellen neue creer nouveau nouvelle crear nueva nuevo criar nova novo fazer realizar hacer`);

/** Words with which money moves whatever else is said. */
export const MONEY =
  words(`payment payments pay payout payouts refund refunds checkout purchase purchases invoice invoices wallet topup remittance
  ueberweisung ueberweisungen zahlung zahlungen virement virements paiement paiements pago pagos pagamento pagamentos pix`);
/** Money only where the request carries an amount: repositories and calls are transferred, too. */
export const MONEY_WITH_AMOUNT =
  words(`transfer transfers transferencia transferencias withdraw withdrawal withdrawals charge charges credit debit
  balance balances billing order orders`);
export const SAFETY = words(
  'door doors brake brakes dose dosage infusion valve valves actuator actuators ignition furnace insulin ventilator pump pumps',
);

/** Verbs of operations that are called by POST and only read, or act on what an argument names. */
export const ARGUMENT_VERBS =
  words(`get fetch find search query lookup retrieve list filter browse autocomplete suggest count delete remove destroy erase
  measure calculate compute validate analyze analyse compare
  suchen abrufen berechnen pruefen loeschen chercher rechercher lister calculer verifier supprimer
  buscar listar obtener consultar calcular validar eliminar borrar pesquisar obter excluir apagar`);
/** Verbs of what is done with things that are there already, and what is set about them. */
export const ACTS =
  words(`mark read seen unread all clear dismiss ack acknowledge archive delete remove mute unmute snooze send test search preferences
  subscribe unsubscribe register unregister token tokens device devices settings count batch bulk preview
  lesen gelesen lire lu marcar leer leida ler lida`);
/** Words of a step in which somebody who is known already shows a password once more. */
export const OF_A_STEP = words(
  `tfa mfa 2fa totp otp challenge challenges executor reauthenticate reauthentication sudo unlock disable deactivate`,
);
/** What people drive, carry and leave behind: where it is, they are. */
export const OF_WHERE_PEOPLE_ARE =
  words(`driver drivers rider riders courier couriers vehicle vehicles car cars device devices tracker trackers tracking trip trips ride rides
  checkin checkins phone worker workers visitor visitors home homes fahrer fahrzeug fahrzeuge geraet geraete conducteur vehicule vehicules
  conductor conductores vehiculo vehiculos motorista veiculo veiculos`);
