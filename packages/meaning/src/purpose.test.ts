import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyName } from './data-class.ts';
import { decisionOf } from './deciding.ts';
import { purposesOf, type OperationPurpose } from './purpose.ts';

/** One name of several words in every way that paths and properties are written. */
function spellings(words: string): readonly string[] {
  const parts = words.split(' ');
  const [first = '', ...rest] = parts;
  const big = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return [parts.join('-'), parts.join('_'), first + rest.map(big).join(''), parts.map(big).join(''), parts.join('')];
}

/** Letters with marks as they are written without them. */
function unmarked(text: string): readonly string[] {
  const digraphs = text.replaceAll(/[äöü]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue' })[letter] ?? letter);
  const plain = digraphs.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const bare = text.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return [...new Set([text, text.normalize('NFD'), encodeURIComponent(text), plain, bare])];
}

const called: Readonly<Record<OperationPurpose, readonly string[]>> = {
  'sign-in': ['sign in', 'login', 'log on', 'anmelden', 'iniciar sesión', 'connexion', 'iniciar sessao'],
  register: ['sign up', 'register', 'registrieren', 'inscription', 'registro', 'cadastro', 'crear cuenta'],
  recover: [
    'forgot password',
    'passwort zurücksetzen',
    'mot de passe oublié',
    'recuperar contraseña',
    'recuperar senha',
  ],
  administer: [],
  payment: ['payments', 'überweisungen', 'paiements', 'pagos', 'pagamentos', 'create payment'],
  purchase: ['orders', 'create order', 'bestellungen', 'commandes', 'pedidos', 'encomendas'],
  booking: ['bookings', 'reservierungen', 'réservations', 'reservas', 'agendamentos'],
  reward: ['redeem', 'gutschein', 'cupones', 'resgatar'],
  vote: ['votes', 'abstimmen', 'votar', 'avaliações'],
  message: ['messages', 'nachrichten', 'mensajes', 'mensagens'],
  upload: ['upload', 'hochladen', 'téléverser', 'subir', 'carregar'],
  export: ['export', 'exportieren', 'télécharger', 'descargar', 'baixar'],
  search: ['search', 'suche', 'búsqueda', 'recherche', 'pesquisa'],
};

test('a purpose is read from its name in every spelling, below every prefix', () => {
  for (const [purpose, names] of Object.entries(called))
    for (const name of names.flatMap(spellings).flatMap(unmarked))
      for (const prefix of ['', '/api', '/api/v1', '/shop/users'])
        assert.ok(
          purposesOf({ method: 'POST', path: `${prefix}/${name}` }).has(purpose as OperationPurpose),
          `POST ${prefix}/${name} is no ${purpose}`,
        );
});

test('an object of a collection, and what only asks about it, begins no flow', () => {
  for (const [purpose, names] of Object.entries(called))
    for (const name of names) {
      const path = `/${spellings(name)[0]}`;
      for (const [method, of] of [
        ['DELETE', `${path}/{id}`],
        ['GET', `${path}/{id}`],
        ['PATCH', `${path}/{id}`],
      ] as const)
        if (!['recover'].includes(purpose))
          assert.equal(purposesOf({ method, path: of }).has(purpose as OperationPurpose), false, `${method} ${of}`);
    }
});

test('rights that are given are administration, rights that are read are not', () => {
  for (const last of [
    'role',
    'roles',
    'permissions',
    'rolle',
    'berechtigungen',
    'permisos',
    'droits',
    'permissões',
    'papel',
  ])
    for (const method of ['PUT', 'POST', 'PATCH', 'DELETE'])
      for (const of of unmarked(last)) {
        assert.ok(purposesOf({ method, path: `/users/{id}/${of}` }).has('administer'), `${method} ${of}`);
        assert.equal(purposesOf({ method: 'GET', path: `/users/{id}/${of}` }).has('administer'), false, of);
      }
});

test('what a name decides is the same in every spelling; what only sounds like it decides nothing', () => {
  for (const [name, decision] of [
    ['owner id', 'owner'],
    ['created by', 'owner'],
    ['eigentümer id', 'owner'],
    ['is admin', 'role'],
    ['user role', 'role'],
    ['permissões', 'role'],
    ['account balance', 'money'],
    ['unit price', 'price'],
    ['preço', 'price'],
    ['email verified', 'trust'],
    ['geprüft', 'trust'],
    ['tenant id', 'tenant'],
    ['account status', 'state'],
  ] as const)
    for (const spelled of spellings(name)
      .slice(0, 4)
      .flatMap(unmarked)
      .filter((one) => !one.includes('%')))
      assert.equal(decisionOf(spelled), decision, spelled);
  for (const name of ['ownership', 'rolling', 'priceless', 'balanceDate', 'statusCode', 'roleDescription', 'adminUrl'])
    assert.equal(decisionOf(name), undefined, name);
});

test('a secret is one class, whoever asks', () => {
  for (const name of ['contraseña nueva', 'mot de passe', 'senha', 'api schlüssel', 'token de acceso', 'clé api'])
    for (const spelled of spellings(name).slice(0, 4))
      if (!spelled.includes('nueva')) assert.equal(classifyName(spelled), 'secret', spelled);
});
