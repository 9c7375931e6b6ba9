# An application as FastAPI's own tutorial teaches to write one; it publishes /openapi.json itself.
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Dict, List, Optional, Union
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, File, Form, HTTPException, Query, Response, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field

app = FastAPI(title="Items")
key = APIKeyHeader(name="X-API-Key")


async def caller(value: str = Depends(key)):
    if value not in ("ada-key-0001", "bob-key-0002"):
        raise HTTPException(status_code=403, detail="wrong key")
    return value


class Colour(str, Enum):
    red = "red"
    blue = "blue"


class Item(BaseModel):
    name: str = Field(..., min_length=1, max_length=40)
    price: float = 1.0
    tax: Optional[Decimal] = None
    tags: List[str] = []
    colour: Colour = Colour.red
    parent: Optional[UUID] = None
    labels: Dict[str, str] = {}
    until: Optional[datetime] = None


class Stored(Item):
    id: UUID
    created: datetime
    lifetime: timedelta = timedelta(hours=1)


items = {}


@app.get("/items", response_model=List[Stored])
async def list_items(limit: int = Query(10, ge=1, le=100), q: Optional[str] = None, who=Depends(caller)):
    return [item for item in items.values() if q is None or q in item["name"]][:limit]


@app.post("/items", response_model=Stored, status_code=201)
async def create_item(item: Item, who=Depends(caller)):
    stored = {**item.dict(), "id": uuid4(), "created": datetime.utcnow()}
    items[stored["id"]] = stored
    return stored


@app.get("/items/{item_id}", response_model=Stored)
async def read_item(item_id: UUID, who=Depends(caller)):
    if item_id not in items:
        raise HTTPException(status_code=404, detail="no such item")
    return items[item_id]


@app.put("/items/{item_id}", response_model=Stored)
async def update_item(item_id: UUID, item: Item, dry_run: bool = False, who=Depends(caller)):
    if item_id not in items:
        raise HTTPException(status_code=404, detail="no such item")
    stored = {**items[item_id], **item.dict()}
    if not dry_run:
        items[item_id] = stored
    return stored


@app.delete("/items/{item_id}", status_code=204)
async def delete_item(item_id: UUID, who=Depends(caller)):
    items.pop(item_id, None)
    return Response(status_code=204)


@app.post("/items/{item_id}/notes")
async def add_note(item_id: UUID, note: str = Form(...), stars: Optional[int] = Form(None), who=Depends(caller)):
    return {"item": str(item_id), "note": note, "stars": stars, "at": datetime.utcnow().isoformat()}


@app.post("/upload")
async def upload(picture: UploadFile = File(...), caption: str = Form(""), who=Depends(caller)):
    data = await picture.read()
    return {"name": picture.filename, "size": len(data), "caption": caption}


@app.get("/report")
async def report(response: Response, since: Optional[datetime] = None, who=Depends(caller)):
    response.headers["X-Total"] = str(len(items))
    return {"count": len(items), "average": sum(i["price"] for i in items.values()) / max(1, len(items)), "by": {str(i): n for i, n in enumerate(items)}}


@app.get("/plain")
async def plain(who=Depends(caller)):
    return PlainTextResponse("items: %d\n" % len(items))


@app.get("/old")
async def old(who=Depends(caller)):
    return RedirectResponse("/items")


@app.post("/jobs", status_code=202)
async def job(body: Union[Item, List[Item]], who=Depends(caller)):
    return JSONResponse({"accepted": len(body) if isinstance(body, list) else 1}, status_code=202)


# Not in the document, and used all the same.
@app.get("/items/{item_id}/history", include_in_schema=False)
async def history(item_id: UUID, depth: int = 1, who=Depends(caller)):
    return [{"version": n, "item": str(item_id), "change": None} for n in range(depth)]


@app.patch("/items/{item_id}", include_in_schema=False)
async def rename(item_id: UUID, body: dict, who=Depends(caller)):
    return {"id": str(item_id), **body}
