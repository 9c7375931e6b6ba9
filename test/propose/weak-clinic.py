# A clinic in FastAPI, as people write it first: tokens are read, and nobody asks what they allow.
import base64
import json
import socket
from typing import List, Optional

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

app = FastAPI(title="Clinic")
bearer = HTTPBearer()


def caller(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> str:
    payload = credentials.credentials.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "==="))["sub"]


class Patient(BaseModel):
    id: str
    name: str
    birth_date: str
    insurance_number: Optional[str] = None
    password_hash: Optional[str] = None


class PatientChange(BaseModel):
    name: Optional[str] = None
    insurance_number: Optional[str] = None


class Record(BaseModel):
    id: str
    patient_id: str
    diagnosis: str
    internal_notes: str = "none"


class NewRecord(BaseModel):
    patient_id: str
    diagnosis: str


class Appointment(BaseModel):
    id: str
    patient_id: str
    slot: str
    status: str


class NewAppointment(BaseModel):
    slot: str
    status: Optional[str] = None
    patient_id: Optional[str] = None


class AppointmentChange(BaseModel):
    slot: Optional[str] = None


class Message(BaseModel):
    id: str
    sender_id: str
    text: str


class NewMessage(BaseModel):
    text: str


patients = {p: Patient(id=p, name=p, birth_date="1990-01-01", insurance_number="A1", password_hash="x") for p in ["pat-ann", "pat-ben", "pat-cem"]}
records = {f"rec-{p[4:]}": Record(id=f"rec-{p[4:]}", patient_id=p, diagnosis="flu", internal_notes="difficult") for p in patients}
appointments = {f"app-{p[4:]}": Appointment(id=f"app-{p[4:]}", patient_id=p, slot="mon", status="booked") for p in patients}
messages = {f"msg-{p[4:]}": Message(id=f"msg-{p[4:]}", sender_id=p, text="hello") for p in patients}


def found(table, key):
    if key not in table:
        raise HTTPException(404, "not found")
    return table[key]


@app.get("/health")
def health():
    return {"ok": True}


@app.get("/patients", response_model=List[Patient])
def list_patients(who: str = Depends(caller)):
    return list(patients.values())


@app.get("/patients/{patient_id}", response_model=Patient)
def get_patient(patient_id: str, who: str = Depends(caller)):
    return found(patients, patient_id)


@app.patch("/patients/{patient_id}", response_model=Patient)
def change_patient(patient_id: str, change: PatientChange, who: str = Depends(caller)):
    patient = found(patients, patient_id)
    for name, value in change.dict(exclude_unset=True).items():
        setattr(patient, name, value)
    return patient


@app.get("/records/{record_id}", response_model=Record)
def get_record(record_id: str, who: str = Depends(caller)):
    return found(records, record_id)


@app.get("/patients/{patient_id}/records", response_model=List[Record])
def records_of(patient_id: str, who: str = Depends(caller)):
    return [record for record in records.values() if record.patient_id == patient_id]


@app.post("/records", response_model=Record, status_code=201)
def write_record(record: NewRecord, who: str = Depends(caller)):
    made = Record(id=f"rec-{len(records)}", **record.dict())
    records[made.id] = made
    return made


@app.delete("/records/{record_id}", status_code=204)
def delete_record(record_id: str, who: str = Depends(caller)):
    records.pop(found(records, record_id).id)


@app.get("/appointments", response_model=List[Appointment])
def my_appointments(who: str = Depends(caller)):
    return [one for one in appointments.values() if one.patient_id == who]


@app.post("/appointments", response_model=Appointment, status_code=201)
def book(appointment: NewAppointment, who: str = Depends(caller)):
    made = Appointment(id=f"app-{len(appointments)}", slot=appointment.slot, status=appointment.status or "asked", patient_id=appointment.patient_id or who)
    appointments[made.id] = made
    return made


@app.get("/appointments/{appointment_id}", response_model=Appointment)
def get_appointment(appointment_id: str, who: str = Depends(caller)):
    return found(appointments, appointment_id)


@app.put("/appointments/{appointment_id}", response_model=Appointment)
def move(appointment_id: str, change: AppointmentChange, who: str = Depends(caller)):
    appointment = found(appointments, appointment_id)
    appointment.slot = change.slot or appointment.slot
    return appointment


@app.post("/appointments/{appointment_id}/confirm", response_model=Appointment)
def confirm(appointment_id: str, who: str = Depends(caller)):
    appointment = found(appointments, appointment_id)
    appointment.status = "confirmed"
    return appointment


@app.delete("/appointments/{appointment_id}", status_code=204)
def cancel(appointment_id: str, who: str = Depends(caller)):
    appointments.pop(found(appointments, appointment_id).id)


@app.get("/messages/{message_id}", response_model=Message)
def get_message(message_id: str, who: str = Depends(caller)):
    return found(messages, message_id)


@app.post("/messages", response_model=Message, status_code=201)
def send_message(message: NewMessage, who: str = Depends(caller)):
    made = Message(id=f"msg-{len(messages)}", sender_id=who, text=message.text)
    messages[made.id] = made
    return made


@app.get("/admin/audit")
def audit(who: str = Depends(caller)) -> List[str]:
    return ["x"]


@app.post("/staff/{user_id}/role")
def set_role(user_id: str, who: str = Depends(caller)):
    return {"ok": True}


if __name__ == "__main__":
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])
