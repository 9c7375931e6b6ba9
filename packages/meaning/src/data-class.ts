import { isSecretName } from './secret-names.ts';
import { folded } from './vocabulary.ts';
import { wordsOf } from './words.ts';

/** What kind of data a field holds, worst last. */
export const dataClasses = ['contact', 'personal', 'financial', 'special', 'secret'] as const;
/**
 * - `contact`: names, e-mail and postal addresses, telephone numbers
 * - `personal`: what identifies or locates a person: birth date, national id, passport, position
 * - `financial`: card and account numbers
 * - `special`: health, religion, ethnicity, union membership, sexual orientation, biometrics (GDPR article 9)
 * - `secret`: passwords, keys, tokens
 */
export type DataClass = (typeof dataClasses)[number];

/** The names, run together, that say a class by themselves; in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish and Finnish. */
const NAMES: Readonly<Record<Exclude<DataClass, 'secret'>, string>> = {
  contact: `email emailaddress mail mailaddress phone phonenumber telephone telephonenumber mobile mobilenumber mobilephone cellphone
    firstname lastname givenname familyname surname fullname middlename birthname maidenname streetaddress homeaddress postaladdress
    billingaddress shippingaddress shopperemail shoppername shopperemailaddress useremail customeremail contactemail workemail personalemail
    vorname nachname familienname geburtsname telefon telefonnummer handynummer mobilnummer strasse hausnummer anschrift wohnadresse
    emailadresse mailadresse prenom nomdefamille nomcomplet courriel adressemail numerotelephone adressepostale
    apellido apellidos correo correoelectronico telefono numerotelefono domicilio direccionpostal
    cognome indirizzo codicepostale cellulare primeironome nomecompleto nombrecompleto sobrenome telefone celular endereco
    voornaam achternaam telefoonnummer straatnaam huisnummer imie nazwisko telefonnumer fornamn efternamn etunimi sukunimi puhelinnumero sahkoposti`,
  personal: `birthdate dateofbirth birthday dob birthyear birthplace placeofbirth ssn socialsecuritynumber nationalid nationalidnumber
    nationalidentificationnumber taxid taxidnumber taxpayerid passport passportnumber passportno driverslicense driverlicense
    driverslicensenumber driverlicensenumber licenseplate idcardnumber identitycardnumber idnumber personalidentificationnumber
    ipaddress clientip remoteip geolocation latitude longitude gpscoordinates nationality maritalstatus gender mothersmaidenname
    geburtsdatum geburtstag geburtsort steuernummer steueridentifikationsnummer sozialversicherungsnummer personalausweisnummer
    reisepassnummer staatsangehoerigkeit geschlecht familienstand datedenaissance datenaissance lieudenaissance numerosecuritesociale
    nir fechanacimiento fechadenacimiento dni nie curp datadinascita codicefiscale datanascimento datadenascimento cpf geboortedatum
    bsn burgerservicenummer pesel dataurodzenia personnummer fodelsedatum henkilotunnus syntymaaika hetu`,
  financial: `iban bic bankaccount bankaccountnumber accountnumber routingnumber sortcode cardnumber creditcard creditcardnumber ccnumber pan
    debitcardnumber cardholdername kontonummer kreditkartennummer bankverbindung numerodecarte numerotarjeta numerocuenta
    cardholder numerocarta numerocartao numeroconta numerodocartao rekeningnummer numerkonta tilinumero salary gehalt salaire salario stipendio palkka`,
  special: `diagnosis diagnoses medication medications allergies bloodtype bloodgroup medicalrecord medicalrecordnumber medicalhistory healthdata
    healthstatus healthcondition patientid disability religion religiousbelief ethnicity ethnicorigin sexualorientation politicalopinion
    tradeunion fingerprintdata faceprint biometricdata diagnose krankenversichertennummer religionszugehoerigkeit diagnostic maladie
    groupesanguin gruposanguineo tiposanguineo blutgruppe religiao diagnostico religione diagnoosi`,
};

const BY_NAME: ReadonlyMap<string, DataClass> = new Map(
  (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((data) =>
    NAMES[data].split(/\s+/).map((name) => [folded(name), data] as const),
  ),
);
/** Names that only end in one of these are of the class too: `shopperEmail`, `newPassword`, `ownerIban`. */
const LAST_WORDS: ReadonlyMap<string, DataClass> = new Map([
  ['email', 'contact'],
  ['iban', 'financial'],
  ['ssn', 'personal'],
  ['salary', 'financial'],
  ['gehalt', 'financial'],
]);
/** Words that say that the name speaks about the data and is not it: `passwordPolicy`, `emailVerified`. */
const ABOUT: ReadonlySet<string> = new Set(
  'type types policy required enabled verified confirmed settings url uri count status strength expiry expires expired expiration at age id ids template format hint present supported valid visible visibility allowed last lookup fingerprint name domain notification notifications'.split(
    ' ',
  ),
);

/** What has a name and is no person. */
const THINGS: ReadonlySet<string> = new Set('repository repo file product package project branch class'.split(' '));

const known = new Map<string, DataClass | undefined>();

/** The class that a name alone says; undefined where it says none. */
export function classifyName(name: string): DataClass | undefined {
  if (known.has(name)) return known.get(name);
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  const whole = words.join('');
  let data: DataClass | undefined = isSecretName(name) ? 'secret' : BY_NAME.get(folded(whole));
  // A question about it, and the full name of a thing.
  const asks = words[0] === 'is' || words[0] === 'has' || words.some((word) => THINGS.has(word));
  if (data === undefined && !asks && words.length > 1 && words.length < 5) {
    // `e_mail` and `account_holder_iban`; the last two words may be one: `home phone number`.
    const pair = words.slice(-2).join('');
    data =
      LAST_WORDS.get(last) ??
      (ABOUT.has(last) ? undefined : BY_NAME.get(folded(words.slice(-3).join('')))) ??
      BY_NAME.get(folded(pair));
  }
  if (known.size < 100_000) known.set(name, data);
  return data;
}

/** The worse of two classes. */
export function worstClass(a: DataClass | undefined, b: DataClass): DataClass {
  return a !== undefined && dataClasses.indexOf(a) > dataClasses.indexOf(b) ? a : b;
}
