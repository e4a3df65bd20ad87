"""Name material: what people, firms, streets and towns are called in the four countries.

Given names and surnames are the common ones of the region; any likeness to a person is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

GIVEN = (
    "Adriana", "Alejandra", "Alejandro", "Álvaro", "Ana María", "Andrea", "Andrés", "Ángela",
    "Beatriz", "Camila", "Carlos", "Carolina", "César", "Claudia", "Cristián", "Daniela", "Diego",
    "Eduardo", "Elena", "Esteban", "Fabián", "Felipe", "Fernanda", "Francisco", "Gabriela",
    "Germán", "Gloria", "Gonzalo", "Gustavo", "Héctor", "Hernán", "Inés", "Isabel", "Iván",
    "Javier", "Jimena", "Joaquín", "Jorge", "José Luis", "Juan Pablo", "Julián", "Laura",
    "Lucía", "Luis", "Luz Marina", "Manuel", "Marcela", "Margarita", "María José", "Mariana",
    "Mario", "Martín", "Mauricio", "Mónica", "Natalia", "Néstor", "Nicolás", "Óscar", "Paola",
    "Patricia", "Paula", "Pedro", "Ramón", "Raúl", "Ricardo", "Rocío", "Rodrigo", "Rosa",
    "Sandra", "Santiago", "Sebastián", "Sergio", "Sofía", "Tomás", "Valentina", "Verónica",
    "Víctor", "Ximena",
)  # fmt: skip

TRADES = (
    "Comercializadora", "Distribuidora", "Ferretería", "Transportes", "Panadería", "Confecciones",
    "Agropecuaria", "Constructora", "Papelería", "Servicios", "Muebles", "Lácteos",
)  # fmt: skip

#: Working days on which at least one of the four countries rests, June 2025 to November 2026;
#: past efforts avoid them all, so that no history shows an unlawful contact.
_REST = (
    "2025-06-02 2025-06-20 2025-06-23 2025-06-30 2025-07-16 2025-07-23 2025-07-28 2025-07-29 "
    "2025-08-06 2025-08-07 2025-08-15 2025-08-18 2025-09-16 2025-09-18 2025-09-19 2025-10-08 "
    "2025-10-13 2025-10-31 2025-11-03 2025-11-17 2025-12-08 2025-12-09 2025-12-25 2026-01-01 "
    "2026-01-12 2026-02-02 2026-03-16 2026-03-23 2026-04-02 2026-04-03 2026-05-01 2026-05-18 "
    "2026-05-21 2026-06-08 2026-06-15 2026-06-29 2026-07-13 2026-07-16 2026-07-20 2026-07-23 "
    "2026-07-28 2026-07-29 2026-08-06 2026-08-07 2026-08-17 2026-09-16 2026-09-18 2026-10-08 "
    "2026-10-12 2026-11-02 2026-11-16 "
)
REST_DAYS = frozenset(map(date.fromisoformat, _REST.split()))


@dataclass(frozen=True)
class Country:
    """Names of one country; ``phone_prefixes`` + random digits give a valid mobile number."""

    code: str
    surnames: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]  # city, region
    streets: tuple[str, ...]  # with {a}, {b}, {c} for numbers
    firm_forms: tuple[str, ...]
    phone_prefixes: tuple[str, ...]
    phone_digits: int  # length of the national number


COLOMBIA = Country(
    code="CO",
    surnames=(
        "Acosta", "Arango", "Ávila", "Bedoya", "Bernal", "Caicedo", "Cárdenas", "Castaño",
        "Castro", "Cifuentes", "Córdoba", "Duque", "Echeverri", "Escobar", "Franco", "Gaviria",
        "Giraldo", "Gómez", "González", "Gutiérrez", "Henao", "Hernández", "Hurtado", "Jaramillo",
        "Londoño", "López", "Marín", "Martínez", "Mejía", "Montoya", "Moreno", "Mosquera", "Muñoz",
        "Ortiz", "Ospina", "Osorio", "Patiño", "Peña", "Pérez", "Quintero", "Ramírez", "Restrepo",
        "Rincón", "Rodríguez", "Rojas", "Ruiz", "Salazar", "Suárez", "Torres", "Valencia",
        "Vargas", "Vélez", "Villegas", "Zapata", "Zuluaga",
    ),
    towns=(
        ("Bogotá", "Bogotá D.C."), ("Medellín", "Antioquia"), ("Cali", "Valle del Cauca"),
        ("Barranquilla", "Atlántico"), ("Bucaramanga", "Santander"), ("Pereira", "Risaralda"),
        ("Manizales", "Caldas"), ("Ibagué", "Tolima"), ("Cúcuta", "Norte de Santander"),
        ("Villavicencio", "Meta"), ("Popayán", "Cauca"), ("Itagüí", "Antioquia"),
    ),
    streets=("Calle {a} # {b}-{c}", "Carrera {a} # {b}-{c}", "Transversal {a} # {b}-{c}",
             "Diagonal {a} # {b}-{c}", "Avenida {a} # {b}-{c}"),
    firm_forms=("S.A.S.", "Ltda.", "S.A."),
    phone_prefixes=("300", "301", "304", "310", "311", "312", "313", "314", "315", "316", "317",
                    "318", "320", "321", "350"),
    phone_digits=10,
)  # fmt: skip

CHILE = Country(
    code="CL",
    surnames=(
        "Aguilera", "Alarcón", "Araya", "Bravo", "Bustos", "Cáceres", "Carrasco", "Contreras",
        "Cortés", "Díaz", "Espinoza", "Figueroa", "Flores", "Fuentes", "Gallardo", "Garrido",
        "Henríquez", "Herrera", "Jara", "Lagos", "Leiva", "Maldonado", "Miranda", "Molina",
        "Morales", "Muñoz", "Navarrete", "Núñez", "Olivares", "Orellana", "Parra", "Pizarro",
        "Poblete", "Reyes", "Riquelme", "Rivera", "Saavedra", "Salinas", "Sandoval", "Sepúlveda",
        "Soto", "Tapia", "Toro", "Valdés", "Valenzuela", "Vega", "Venegas", "Vera", "Vergara",
        "Zúñiga",
    ),
    towns=(
        ("Santiago", "Metropolitana"), ("Maipú", "Metropolitana"), ("Ñuñoa", "Metropolitana"),
        ("Valparaíso", "Valparaíso"), ("Viña del Mar", "Valparaíso"), ("Concepción", "Biobío"),
        ("Temuco", "La Araucanía"), ("Rancagua", "O'Higgins"), ("Antofagasta", "Antofagasta"),
        ("La Serena", "Coquimbo"), ("Puerto Montt", "Los Lagos"), ("Chillán", "Ñuble"),
    ),
    streets=("Av. Los Aromos {a}{b}", "Pasaje El Quillay {a}{b}", "Calle Los Peumos {a}{b}",
             "Camino La Laguna {a}{b}", "Av. Las Araucarias {a}{b}, depto. {c}"),
    firm_forms=("Ltda.", "SpA", "S.A.", "E.I.R.L."),
    phone_prefixes=("93", "94", "95", "98"),
    phone_digits=9,
)  # fmt: skip

MEXICO = Country(
    code="MX",
    surnames=(
        "Aguilar", "Álvarez", "Ávalos", "Barrera", "Camacho", "Cano", "Castillo", "Cervantes",
        "Chávez", "Contreras", "Cruz", "Delgado", "Domínguez", "Escobedo", "Esparza", "Estrada",
        "Flores", "Fuentes", "Gallegos", "García", "Garza", "Guerrero", "Gutiérrez", "Guzmán",
        "Hernández", "Ibarra", "Juárez", "Lara", "Ledesma", "Luna", "Macías", "Márquez",
        "Medina", "Mendoza", "Montes", "Morales", "Moreno", "Muñoz", "Núñez", "Ochoa", "Ortega",
        "Padilla", "Ramírez", "Ramos", "Rangel", "Rentería", "Reyes", "Ríos", "Robles", "Salas",
        "Sánchez", "Silva", "Solís", "Tovar", "Trejo", "Valadez", "Vázquez", "Zamora", "Zavala",
    ),
    towns=(
        ("León", "Guanajuato"), ("Irapuato", "Guanajuato"), ("Celaya", "Guanajuato"),
        ("Querétaro", "Querétaro"), ("Aguascalientes", "Aguascalientes"),
        ("Guadalajara", "Jalisco"), ("Ciudad de México", "CDMX"), ("Monterrey", "Nuevo León"),
        ("Morelia", "Michoacán"), ("San Luis Potosí", "San Luis Potosí"), ("Puebla", "Puebla"),
    ),
    streets=("Calle Fresno {a}{b}, Col. Jardines", "Av. del Sol {a}{b}, Col. Centro",
             "Blvd. Las Torres {a}{b}", "Privada Nogal {b}, Col. Del Valle",
             "Calle Encino {a}{b} int. {c}"),
    firm_forms=("S.A. de C.V.", "S. de R.L. de C.V."),
    phone_prefixes=("477", "461", "442", "33", "55", "81", "222"),
    phone_digits=10,
)  # fmt: skip

PERU = Country(
    code="PE",
    surnames=(
        "Aguirre", "Alvarado", "Arévalo", "Ayala", "Bautista", "Cabrera", "Campos", "Cárdenas",
        "Carrillo", "Ccori", "Chávez", "Chipana", "Condori", "Cruzado", "Cueva", "Delgado",
        "Espinoza", "Fernández", "Flores", "García", "Gonzales", "Huamán", "Huanca", "Inga",
        "León", "Linares", "Llanos", "Mamani", "Medina", "Mendoza", "Meza", "Montalvo", "Neyra",
        "Núñez", "Ochoa", "Palomino", "Paredes", "Peña", "Ponce", "Quispe", "Ramos", "Rengifo",
        "Ríos", "Rojas", "Romero", "Saavedra", "Salazar", "Sánchez", "Soto", "Tello", "Torres",
        "Ugarte", "Valdivia", "Vásquez", "Vilca", "Villanueva", "Yupanqui", "Zegarra",
    ),
    towns=(
        ("Lima", "Lima"), ("Callao", "Callao"), ("Arequipa", "Arequipa"),
        ("Trujillo", "La Libertad"), ("Chiclayo", "Lambayeque"), ("Piura", "Piura"),
        ("Cusco", "Cusco"), ("Huancayo", "Junín"), ("Chimbote", "Áncash"), ("Iquitos", "Loreto"),
        ("Tacna", "Tacna"), ("Ica", "Ica"),
    ),
    streets=("Jr. Las Retamas {a}{b}", "Av. Los Molles {a}{b}",
             "Calle Los Cedros {a}{b}, Urb. El Sol", "Psje. San Blas {b}",
             "Mz. {c} Lt. {b}, A.H. Nuevo Valle"),
    firm_forms=("S.A.C.", "E.I.R.L.", "S.R.L."),
    phone_prefixes=("91", "92", "93", "94", "95", "96", "97", "98", "99"),
    phone_digits=9,
)  # fmt: skip
