import { folded } from './vocabulary.ts';
import { wordsOf } from './words.ts';

/** What a property decides, where its value is believed. */
export const decisions = ['owner', 'tenant', 'role', 'money', 'price', 'trust', 'state'] as const;
/**
 * - `owner`: whose something is: `ownerId`, `createdBy`
 * - `tenant`: the organisation that it belongs to
 * - `role`: what somebody may do: roles, permissions, flags of administrators
 * - `money`: what somebody has: balances, credit
 * - `price`: what something costs: prices, discounts, fees
 * - `trust`: what was checked or approved: `emailVerified`, `kycStatus`, `paid`
 * - `state`: where in its course something is: `status`, `plan`
 */
export type Decision = (typeof decisions)[number];

/** Names, run together; in English, German, French, Spanish and Portuguese. */
const NAMES: Readonly<Record<Decision, string>> = {
  owner: `owner ownerid owneruserid owneraccountid accountownerid createdby createdbyid creatorid userid authorid senderid customerid accountid assignedby
    modifiedby updatedby approvedby approverid issuedby
    besitzer besitzerid eigentuemer eigentuemerid benutzerid nutzerid kundenid kundeid erstelltvon erstellervon
    proprietaire proprietaireid idproprietaire utilisateurid idutilisateur clientid idclient creepar auteurid idauteur
    propietario propietarioid idpropietario dueno usuarioid idusuario clienteid idcliente creadopor autorid idautor
    proprietario proprietarioid idproprietario dono donoid utilizadorid criadopor`,
  tenant: `tenant tenantid organizationid organisationid orgid workspaceid mandant mandantid mandantenid organisationsid
    locataireid idorganisation idinquilino inquilinoid organizacionid idorganizacion organizacaoid idorganizacao`,
  role: `admin isadmin administrator isadministrator superuser issuperuser superadmin issuperadmin staff isstaff root isroot sudo siteadmin
    moderator ismoderator isowner role roles userrole userroles accountrole memberrole permission permissions userpermissions privilege privileges authorities accesslevel
    permissionlevel userlevel usertype scopes accessrights grants
    rolle rollen benutzerrolle berechtigung berechtigungen rechte istadmin zugriffsstufe
    droits autorisations estadmin estadministrateur niveauacces
    rol rolusuario permisos permiso privilegios esadmin esadministrador nivelacceso
    papel papeis perfilacesso permissoes permissao privilegio eadmin eadministrador nivelacesso
    ruolo ruoli`,
  money: `balance accountbalance walletbalance availablebalance credit credits creditlimit points loyaltypoints bonuspoints
    kontostand guthaben kreditlimit punkte solde soldecompte plafond pointsfidelite
    saldo saldodisponible saldodisponivel limitecredito limitedecredito puntos pontos credito creditos`,
  price: `price unitprice totalprice pricecents discount discountpercent discountpercentage fee fees totalamount
    preis einzelpreis gesamtpreis rabatt gebuehr gebuehren
    prix prixunitaire prixtotal remise frais
    precio preciounitario preciototal descuento tarifa comision
    preco precounitario precototal desconto taxa`,
  trust: `emailverified verified isverified phoneverified identityverified verificationstatus kycstatus kycverified approved isapproved approvalstatus
    mfaenabled twofactorenabled paid ispaid paymentstatus
    geprueft verifiziert istgeprueft genehmigt freigegeben bezahlt emailbestaetigt
    verifie estverifie approuve valide paye estpaye
    verificado esverificado emailverificado aprobado pagado estadopago
    everificado aprovado pago estapago statuspagamento`,
  state: `status state accountstatus active isactive enabled isenabled locked islocked suspended issuspended banned isbanned plan tier subscriptionplan subscriptiontier
    zustand aktiv istaktiv gesperrt freigeschaltet tarif
    statut etat actif estactif bloque suspendu abonnement
    estado activo esactivo bloqueado suspendido suscripcion
    situacao ativo estaativo suspenso assinatura`,
};

const BY_NAME: ReadonlyMap<string, Decision> = new Map(
  decisions.flatMap((decision) => NAMES[decision].split(/\s+/).map((name) => [folded(name), decision] as const)),
);

const known = new Map<string, Decision | undefined>();

/** What a property of that name decides; undefined where the name says nothing of the kind. */
export function decisionOf(name: string): Decision | undefined {
  if (known.has(name)) return known.get(name);
  const words = wordsOf(name);
  const found = BY_NAME.get(folded(words.join('')));
  if (known.size < 100_000) known.set(name, found);
  return found;
}

/** Whether it decides about rights, ownership, money or what was checked: what a caller must not choose for themselves. */
export function isDecisive(name: string): boolean {
  return decisionOf(name) !== undefined;
}
