"""An API with its own log-in, as the tutorial of FastAPI has it: `uvicorn app:app`."""
import os
import time

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel

SECRET_KEY = os.environ["SECRET_KEY"]
PEOPLE = {"ada": {"password": "copper lantern", "roles": ["clerk"]}, "bob": {"password": "quiet harbour", "roles": []}}

app = FastAPI(title="Orders")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


class User(BaseModel):
    username: str
    roles: list[str]


class Token(BaseModel):
    access_token: str
    token_type: str


class Order(BaseModel):
    id: int
    owner: str


def current_user(token: str = Depends(oauth2_scheme)) -> User:
    try:
        name = jwt.decode(token, SECRET_KEY, algorithms=["HS256"])["sub"]
        return User(username=name, roles=PEOPLE[name]["roles"])
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"}) from None


@app.post("/token", response_model=Token)
def log_in(form: OAuth2PasswordRequestForm = Depends()):
    person = PEOPLE.get(form.username)
    if person is None or person["password"] != form.password:
        raise HTTPException(401, "Incorrect username or password")
    claims = {"sub": form.username, "exp": int(time.time()) + 600}
    return Token(access_token=jwt.encode(claims, SECRET_KEY, "HS256"), token_type="bearer")


@app.get("/users/me", response_model=User)
def read_users_me(user: User = Depends(current_user)):
    return user


@app.get("/orders", response_model=list[Order])
def list_orders(user: User = Depends(current_user)):
    return [Order(id=1, owner=user.username)]
