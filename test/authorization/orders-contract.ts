// An API with everything that authorization has to see: lists, nested and referenced objects, batches, ids in bodies.

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ 'application/json': { schema } });
const answers = (schema: object): object => ({
  200: { description: 'ok', content: json(schema) },
  '4XX': { description: 'problem', content: { 'application/problem+json': { schema: { type: 'object' } } } },
});
const body = (schema: object): object => ({ required: true, content: json(schema) });
const id = { type: 'string', maxLength: 40 };
const userRef = { ...id, 'x-castellan': { resource: 'User' } };
const path = (name: string): object => ({ name, in: 'path', required: true, schema: id });
const order = { resource: { type: 'Order', id: 'path.orderId' } };
const load = { resolve: { operation: 'getOrder' } };
const done = { type: 'object', properties: { done: { type: 'integer' } } };
const list = (name: string): object => ({
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', items: ref(name) }, total: { type: 'integer' } },
});

export const ordersContract = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  'x-castellan': { profile: 'standard' },
  security: [{ key: [] }],
  paths: {
    '/orders': {
      get: { operationId: 'listOrders', responses: answers(list('Order')) },
      put: {
        operationId: 'replaceOrders',
        'x-castellan': { resource: { type: 'Order', id: 'body.id' }, ...load },
        requestBody: body({ type: 'array', items: ref('Order') }),
        responses: answers(list('Order')),
      },
    },
    '/visible-orders': {
      get: { operationId: 'visibleOrders', 'x-castellan': { denied: 'remove' }, responses: answers(list('Order')) },
    },
    '/orders/{orderId}': {
      parameters: [path('orderId')],
      get: { operationId: 'getOrder', responses: answers(ref('Order')) },
      patch: {
        operationId: 'editOrder',
        'x-castellan': { ...order, ...load },
        requestBody: body({
          type: 'object',
          properties: {
            id,
            orderId: id,
            title: { type: 'string' },
            discount: { type: 'integer', 'x-castellan': { write: ['managers'] } },
            product: ref('Product'),
          },
        }),
        responses: answers(ref('Order')),
      },
    },
    '/orders/{orderId}/receipt': {
      parameters: [path('orderId')],
      get: {
        operationId: 'getReceipt',
        'x-castellan': order,
        responses: { 200: { description: 'ok', content: { 'text/plain': {} } } },
      },
    },
    '/orders/{orderId}/secret': {
      parameters: [path('orderId')],
      get: {
        operationId: 'getSecretOrder',
        'x-castellan': { ...order, existence: 'secret' },
        responses: answers(ref('Order')),
      },
    },
    '/order-removals': {
      post: {
        operationId: 'removeOrders',
        'x-castellan': { resource: { type: 'Order', id: 'body.ids' }, ...load },
        requestBody: body({ type: 'object', properties: { ids: { type: 'array', items: id } } }),
        responses: answers(done),
      },
    },
    '/notes': {
      post: {
        operationId: 'addNote',
        requestBody: body({
          type: 'object',
          properties: {
            orderId: { ...id, 'x-castellan': { resource: 'Order', action: 'getOrder' } },
            text: { type: 'string' },
          },
        }),
        responses: answers(done),
      },
    },
    '/users/{userId}': {
      parameters: [path('userId')],
      get: { operationId: 'getUser', responses: answers(ref('User')) },
      put: {
        operationId: 'replaceUser',
        'x-castellan': { resource: { type: 'User', id: 'path.userId' }, resolve: { operation: 'getUser' } },
        requestBody: body(ref('User')),
        responses: answers(ref('User')),
      },
    },
    '/products/{productId}': {
      parameters: [path('productId')],
      get: { operationId: 'getProduct', responses: answers(ref('Product')) },
    },
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
    schemas: {
      Order: {
        type: 'object',
        'x-castellan': { resource: 'Order' },
        required: ['id'],
        properties: {
          id,
          tenantId: id,
          ownerId: userRef,
          title: { type: 'string' },
          margin: { type: 'integer', 'x-castellan': { read: ['managers', 'scope:margins'] } },
          note: { type: 'string', 'x-castellan': { read: ['action:editOrder'] } },
          owner: ref('User'),
          product: ref('Product'),
        },
      },
      User: {
        type: 'object',
        'x-castellan': { resource: 'User' },
        required: ['id'],
        properties: { id, name: { type: 'string' } },
      },
      Product: {
        type: 'object',
        'x-castellan': { resource: 'Product' },
        required: ['id'],
        properties: { id, brandOwner: userRef },
      },
    },
  },
};

export const ordersPolicies = `
@id("own-orders")
permit (principal, action in [Action::"listOrders", Action::"visibleOrders", Action::"getOrder", Action::"getSecretOrder",
  Action::"editOrder", Action::"removeOrders", Action::"replaceOrders", Action::"getReceipt"], resource is Order)
when { resource has ownerId && resource.ownerId == principal };

@id("one-tenant")
forbid (principal, action, resource is Order)
when { context has tenant && resource has tenantId && resource.tenantId != context.tenant };

@id("known-users")
permit (principal, action == Action::"getUser", resource is User)
when { resource == principal || principal in Group::"managers" };

@id("own-user")
permit (principal, action == Action::"replaceUser", resource is User) when { resource == principal };

@id("own-products")
permit (principal, action == Action::"getProduct", resource is Product)
when { resource has brandOwner && resource.brandOwner == principal };

@id("notes")
permit (principal, action == Action::"addNote", resource);
`;
