# An API with keys, as tutorials of FastAPI teach to write one: each key is somebody's, and that is all that is looked at.
import socket
from typing import Dict, List, Optional

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import APIKeyHeader
from pydantic import BaseModel

app = FastAPI(title="Items")
key = APIKeyHeader(name="X-API-Key")
people = {
    "ada-key-0001": {"id": 1, "name": "ada", "roles": ["user"]},
    "bob-key-0002": {"id": 2, "name": "bob", "roles": ["user"]},
    "cem-key-0003": {"id": 3, "name": "cem", "roles": ["user"]},
    "root-key-0009": {"id": 9, "name": "root", "roles": ["user", "admin"]},
}


async def caller(value: str = Depends(key)):
    if value not in people:
        raise HTTPException(status_code=401, detail="wrong key")
    return people[value]


class Person(BaseModel):
    id: int
    name: str
    roles: List[str]


class ItemIn(BaseModel):
    name: str
    price: float = 1.0
    tags: List[str] = []

    class Config:
        extra = "allow"


class ItemOut(BaseModel):
    id: int
    name: str
    price: float
    tags: List[str]
    owner_id: int
    featured: bool = False
    internal_notes: str = ""


class NoteIn(BaseModel):
    item_id: int
    text: str


class NoteOut(NoteIn):
    id: int


class KeyOut(BaseModel):
    id: int
    user_id: int
    api_key: str


def fresh():
    return {n: {"id": n, "name": f"lamp {n}", "price": 9.5, "tags": [], "owner_id": (n - 1) % 3 + 1, "featured": False, "internal_notes": "slow"} for n in range(1, 7)}


items: Dict[int, dict] = fresh()
notes: Dict[int, dict] = {n + 20: {"id": n + 20, "item_id": n, "text": "good"} for n in range(1, 4)}


@app.get("/users/me", response_model=Person)
async def read_me(who=Depends(caller)):
    return who


@app.get("/users", response_model=List[Person])
async def list_users(who=Depends(caller)):
    return list(people.values())


@app.get("/items", response_model=List[ItemOut])
async def list_items(q: Optional[str] = None, all: bool = False, who=Depends(caller)):
    return [item for item in items.values() if all or item["owner_id"] == who["id"]]


@app.post("/items", response_model=ItemOut, status_code=201)
async def create_item(item: ItemIn, who=Depends(caller)):
    stored = {"owner_id": who["id"], **item.dict(), "id": len(items) + 1}
    items[stored["id"]] = stored
    return stored


@app.get("/items/{item_id}", response_model=ItemOut)
async def read_item(item_id: int, who=Depends(caller)):
    if item_id not in items:
        raise HTTPException(status_code=404, detail="no such item")
    return items[item_id]


@app.put("/items/{item_id}", response_model=ItemOut)
async def update_item(item_id: int, item: ItemIn, who=Depends(caller)):
    if item_id not in items:
        raise HTTPException(status_code=404, detail="no such item")
    items[item_id].update(item.dict())
    return items[item_id]


@app.delete("/items/{item_id}", status_code=204)
async def delete_item(item_id: int, who=Depends(caller)):
    items.pop(item_id, None)
    return Response(status_code=204)


@app.post("/items/{item_id}/feature", response_model=ItemOut)
async def feature_item(item_id: int, who=Depends(caller)):
    items[item_id]["featured"] = True
    return items[item_id]


@app.get("/notes/{note_id}", response_model=NoteOut)
async def read_note(note_id: int, who=Depends(caller)):
    if note_id not in notes:
        raise HTTPException(status_code=404, detail="no such note")
    return notes[note_id]


@app.put("/notes/{note_id}", response_model=NoteOut)
async def change_note(note_id: int, note: NoteIn, who=Depends(caller)):
    notes[note_id].update(note.dict())
    return notes[note_id]


@app.get("/users/{user_id}/keys", response_model=List[KeyOut])
async def list_keys(user_id: int, who=Depends(caller)):
    return [{"id": user_id * 10, "user_id": user_id, "api_key": "k"}]


@app.get("/report")
async def report(who=Depends(caller)):
    return {"count": len(items)}


if __name__ == "__main__":
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
